//! Tests of the list as a whole: what goes on while another one is shown, or while the connection is paused.

use std::time::{Duration, Instant};

use super::HistoryView;
use super::deleting::Deleted;
use super::gather::{Gather, MOST, Target};
use super::selection::Selection;
use crate::gui::fixture::{message, session_with};
use crate::gui::session::Session;
use crate::model::MessageId;
use crate::mqtt::Publish;

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

fn messages(count: u32) -> Vec<Publish> {
    let topic = |n| if n % 2 == 0 { "plant/a" } else { "plant/b/c" };
    let all = (0..count).map(|n| message(topic(n), n.to_string()));
    all.collect()
}

fn below(session: &Session, path: &str, search: &str) -> Target {
    Target {
        node: session.live.lock().find(path).unwrap(),
        is_below: true,
        search: search.to_owned(),
    }
}

fn gather(gather: &mut Gather, session: &Session, target: &Target) {
    let deadline = Instant::now() + Duration::from_secs(60);
    let ctx = egui::Context::default();
    loop {
        gather.follow(&ctx, session, target);
        if !gather.is_looking() {
            return;
        }
        assert!(Instant::now() < deadline, "{} found", gather.len());
        std::thread::yield_now();
    }
}

#[test]
fn a_paused_connection_is_searched_to_the_oldest_message() {
    let runtime = runtime();
    let mut session = session_with(&runtime, &messages(60_000));
    session.is_paused = true;
    let mut found = Gather::default();
    gather(&mut found, &session, &below(&session, "plant", "7"));
    let expected = (0..60_000).filter(|n| n.to_string().contains('7'));
    assert_eq!(found.len(), expected.count());
    let mut all = Gather::default();
    gather(&mut all, &session, &below(&session, "plant", ""));
    assert_eq!(all.len(), 60_000.min(MOST));
}

#[test]
fn what_was_deleted_elsewhere_is_all_that_leaves_the_list() {
    let runtime = runtime();
    let session = session_with(&runtime, &messages(10));
    let mut view = HistoryView::default();
    gather(&mut view.gather, &session, &below(&session, "plant", ""));
    view.selection.set_range(MessageId(2), MessageId(5));
    let selected = view.selection.clone();
    let asked = (view.list, Selection::up_to(MessageId(9)));
    let ids = [0, 2, 4].map(MessageId).to_vec();
    view.deleted(&Deleted { ids, asked });
    assert_eq!(view.gather.len(), 7);
    assert_eq!(view.selection, selected);
    let asked = (view.list + 1, selected.clone());
    let ids = vec![MessageId(6)];
    view.deleted(&Deleted { ids, asked });
    assert_eq!((view.gather.len(), &view.selection), (6, &selected));
    let asked = (view.list, selected);
    let ids = vec![MessageId(5)];
    view.deleted(&Deleted { ids, asked });
    assert_eq!(view.gather.len(), 5);
    assert!(view.selection.is_empty());
}

#[test]
fn a_search_reads_metrics_with_the_names_of_their_birth() {
    let birth = metrics(&[(Some("Motor/Speed"), Some(7))]);
    let data = metrics(&[(None, Some(7))]);
    let runtime = runtime();
    let all = [
        message("spBv1.0/Plant/NBIRTH/Line", birth),
        message("spBv1.0/Plant/NDATA/Line", data),
    ];
    let session = session_with(&runtime, &all);
    let mut found = Gather::default();
    gather(
        &mut found,
        &session,
        &below(&session, "spBv1.0", "motor/speed"),
    );
    assert_eq!(found.len(), 2);
}

/// A payload of Sparkplug B with numbers of these names and aliases (protobuf, fields 2 and 1 of a metric).
fn metrics(metrics: &[(Option<&str>, Option<u8>)]) -> Vec<u8> {
    let mut payload = vec![0x08, 1];
    for (name, alias) in metrics {
        let mut metric = Vec::new();
        if let Some(name) = name {
            metric.extend([0x0a, u8::try_from(name.len()).unwrap()]);
            metric.extend(name.as_bytes());
        }
        if let Some(alias) = alias {
            metric.extend([0x10, *alias]);
        }
        // datatype Int32, int_value 200
        metric.extend([0x20, 3, 0x50, 0xc8, 0x01]);
        payload.extend([0x12, u8::try_from(metric.len()).unwrap()]);
        payload.extend(metric);
    }
    payload.extend([0x18, 0]);
    payload
}
