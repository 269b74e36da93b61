//! What the fuzz targets share: the decoders, compiled from the sources of Canopy, and what must hold for whatever they read.

#[path = "../src/mqtt/mod.rs"]
pub mod mqtt;
#[path = "../src/payload/mod.rs"]
pub mod payload;

use bytes::Bytes;
use payload::document::{Document, MAX_DEPTH, ValueId};
use payload::{Content, Format, Reading, decode};

/// Reads a payload and checks what came of it.
pub fn read(payload: &[u8], chosen: Option<Format>) {
    let reading = Reading {
        chosen,
        ..Reading::default()
    };
    let decoded = decode(&Bytes::copy_from_slice(payload), &reading);
    for notice in &decoded.notices {
        assert!(notice.ends_with('.'), "{notice}");
    }
    match decoded.content {
        Content::Document(document) => check(&document),
        Content::Text(text) => assert!(!text.contains('\u{1b}')),
        Content::Empty | Content::Bytes | Content::Picture(_) => {}
    }
}

/// Every value can be reached and shown.
fn check(document: &Document) {
    assert!(!document.is_empty());
    for id in document.ids().take(1_000) {
        assert!(document.subtree(id).end as usize <= document.len());
        assert!(document.depth(id) <= MAX_DEPTH);
        if !document.kind(id).is_container() {
            assert!(!document.text(id).is_empty());
        }
    }
    for id in document.ids().take(20) {
        assert_eq!(document.find(&document.path(id)), Some(id));
    }
    let line = document.one_line(ValueId::ROOT, 200);
    assert!(!line.is_empty());
}
