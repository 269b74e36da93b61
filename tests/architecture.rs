//! The house rules of `src/`: which folder may use which, who may name tokio, egui, the clock and files, and where
//! colours live. Fails with file and line. What stands in comments, strings and unit tests is not looked at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "common/tokens.rs"]
mod tokens;

use tokens::{Token, find, follows, item_end, names_after, tokenize};

/// Which folders of `src/` a folder may use. `main.rs` joins `cli` and `gui`, which must not know each other.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("mqtt", &[]),
    ("payload", &["mqtt"]),
    ("model", &["mqtt", "payload"]),
    ("profile", &["mqtt", "payload"]),
    ("client", &["mqtt", "profile"]),
    ("live", &["mqtt", "payload", "model", "client", "profile"]),
    ("broker", &["mqtt", "profile", "client"]),
    (
        "cli",
        &[
            "mqtt", "payload", "model", "profile", "client", "live", "broker",
        ],
    ),
    (
        "gui",
        &[
            "mqtt", "payload", "model", "profile", "client", "live", "broker",
        ],
    ),
    (
        "bench",
        &[
            "mqtt", "payload", "model", "profile", "client", "live", "broker", "cli", "gui",
        ],
    ),
    ("main.rs", &["cli", "gui", "bench"]),
];

/// Crates that only some folders may name, so that they can be replaced in one place.
const OWNERS: [(&[&str], &[&str]); 9] = [
    (&["tokio"], &["client", "broker", "cli", "bench", "main.rs"]),
    (
        &[
            "egui",
            "eframe",
            "egui_extras",
            "egui_plot",
            "egui_notify",
            "winit",
            "rfd",
        ],
        &["gui"],
    ),
    (&["rumqttc", "rumqttc_v4"], &["client", "mqtt/codec"]),
    (
        &[
            "rustls",
            "tokio_rustls",
            "rustls_native_certs",
            "ring",
            "x509_parser",
            "pkcs8",
            "p12_keystore",
            "tokio_tungstenite",
            "futures_util",
        ],
        &["client"],
    ),
    (&["mqtt5"], &["broker"]),
    (&["keyring", "ron", "directories"], &["profile"]),
    (&["clap"], &["cli"]),
    (
        &[
            "quick_xml",
            "saphyr_parser",
            "ciborium_ll",
            "rmp",
            "prost",
            "prost_reflect",
            "protox",
            "apache_avro",
            "flate2",
            "ruzstd",
            "similar",
        ],
        &["payload"],
    ),
    (
        &["rand", "uuid", "tempfile"],
        &["profile", "client", "live", "broker", "cli", "gui", "bench"],
    ),
];

/// Folders that know neither files, threads, sockets nor a clock: such things come in as values.
const PURE: [&str; 3] = ["mqtt", "payload", "model"];
/// What those must not name.
const WORLD: [&str; 9] = [
    "fs",
    "net",
    "thread",
    "env",
    "process",
    "Instant",
    "SystemTime",
    "stdin",
    "File",
];

/// The longest file, in lines.
const LONGEST: usize = 600;
/// Where colours and sizes live.
const THEME: &str = "gui/theme.rs";
/// Colours that are none: nothing drawn, or a value to be replaced.
const NEUTRAL: [&str; 2] = ["TRANSPARENT", "PLACEHOLDER"];

/// A file below `src/`.
struct Source {
    /// Relative to `src/`, with `/`.
    path: String,
    text: String,
}

/// Something against the rules.
#[derive(Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    line: usize,
    what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.path, self.line, self.what)
    }
}

impl Source {
    /// The folder that the file is in, or its own name at the top.
    fn folder(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// Whether the file is in one of `places`: folders, or beginnings of paths.
    fn is_in(&self, places: &[&str]) -> bool {
        places.iter().any(|place| {
            self.folder() == *place || (place.contains('/') && self.path.starts_with(place))
        })
    }

    /// The names of the modules around this one: `gui/tree/row.rs` is `gui::tree::row`.
    fn module(&self) -> Vec<&str> {
        let path = self.path.trim_end_matches(".rs");
        let path = path.strip_suffix("/mod").unwrap_or(path);
        path.split('/').collect()
    }

    fn violation(&self, line: usize, what: impl Into<String>) -> Violation {
        Violation {
            path: self.path.clone(),
            line,
            what: what.into(),
        }
    }

    /// The code's tokens without the items marked `#[cfg(test)]`, which may do what they like, and the names of
    /// the modules among those that are files of their own.
    fn tokens(&self) -> (Vec<Token>, Vec<String>) {
        let mut rest = tokenize(&self.text);
        let (mut kept, mut test_files) = (Vec::new(), Vec::new());
        while let Some(start) = find(&rest, &["#", "[", "cfg", "(", "test", ")", "]"]) {
            let item = rest.split_off(start);
            kept.append(&mut rest);
            let end = item_end(&item);
            if end > 1 && item[end - 1].text == ";" && follows(&item, end - 3, "mod") {
                test_files.push(item[end - 2].text.clone());
            }
            rest = item[end..].to_vec();
        }
        kept.append(&mut rest);
        (kept, test_files)
    }
}

/// The names of this crate's top modules that `source` uses: after `crate::`, `canopy::` or enough `super::`.
fn used_folders<'a>(source: &Source, tokens: &'a [Token]) -> Vec<&'a Token> {
    let mut used = Vec::new();
    for at in 0..tokens.len() {
        let root = match tokens[at].text.as_str() {
            "crate" | "canopy" if follows(tokens, at + 1, "::") => Some(at + 2),
            "super" if at == 0 || tokens[at - 1].text != "::" => {
                let steps = (0..).take_while(|step| {
                    tokens
                        .get(at + 2 * step)
                        .is_some_and(|token| token.text == "super")
                        && follows(tokens, at + 2 * step + 1, "::")
                });
                let steps = steps.count();
                (steps == source.module().len()).then_some(at + 2 * steps)
            }
            _ => None,
        };
        if let Some(root) = root {
            used.extend(names_after(tokens, root));
        }
    }
    used
}

fn check_folders(source: &Source, tokens: &[Token], found: &mut Vec<Violation>) {
    let Some((folder, allowed)) = MAY_USE.iter().find(|(name, _)| *name == source.folder()) else {
        if source.path != "lib.rs" {
            found.push(source.violation(1, "a folder that tests/architecture.rs does not know"));
        }
        return;
    };
    for name in used_folders(source, tokens) {
        let known = MAY_USE.iter().any(|(folder, _)| *folder == name.text);
        if known && name.text != *folder && !allowed.contains(&name.text.as_str()) {
            let what = format!("{folder} must not use {}", name.text);
            found.push(source.violation(name.line, what));
        }
    }
}

fn check_crates(source: &Source, tokens: &[Token], found: &mut Vec<Violation>) {
    for (at, token) in tokens.iter().enumerate() {
        let starts = at == 0 || tokens[at - 1].text != "::";
        let names_crate =
            starts && (follows(tokens, at + 1, "::") || (at > 0 && tokens[at - 1].text == "use"));
        let owner = OWNERS
            .iter()
            .find(|(names, _)| names.contains(&token.text.as_str()));
        if let Some((_, places)) = owner
            && names_crate
            && !source.is_in(places)
        {
            let what = format!("only {} may name {}", places.join(", "), token.text);
            found.push(source.violation(token.line, what));
        }
    }
}

fn check_world(source: &Source, tokens: &[Token], found: &mut Vec<Violation>) {
    if !source.is_in(&PURE) {
        return;
    }
    for at in 0..tokens.len() {
        if follows(tokens, at, "::") && follows(tokens, at + 1, "now") {
            let what = format!(
                "{} must not ask a clock: time comes in as a value",
                source.folder()
            );
            found.push(source.violation(tokens[at].line, what));
        }
        if !matches!(tokens[at].text.as_str(), "std" | "time" | "io")
            || !follows(tokens, at + 1, "::")
        {
            continue;
        }
        for name in names_after(tokens, at + 2) {
            if WORLD.contains(&name.text.as_str()) {
                let what = format!("{} must not know std’s {}", source.folder(), name.text);
                found.push(source.violation(name.line, what));
            }
        }
    }
}

fn check_looks(source: &Source, tokens: &[Token], found: &mut Vec<Violation>) {
    if source.path == THEME || source.folder() != "gui" {
        return;
    }
    let is_number = |at: usize| {
        let token = tokens.get(at);
        token.is_some_and(|token| token.text.starts_with(|c: char| c.is_ascii_digit()))
    };
    for (at, token) in tokens.iter().enumerate() {
        let member = follows(tokens, at + 1, "::")
            .then(|| tokens.get(at + 2))
            .flatten();
        let member = member.map_or("", |member| member.text.as_str());
        let colour = match token.text.as_str() {
            "Color32" | "Rgba" | "Hsva" => {
                // `to_…` makes something else of a colour that is there
                let makes_one = !member.is_empty() && !member.starts_with("to_");
                makes_one && !NEUTRAL.contains(&member)
            }
            "hex_color" => true,
            _ => false,
        };
        let size = token.text == "FontId" && follows(tokens, at + 3, "(") && is_number(at + 4)
            || at > 0
                && tokens[at - 1].text == "."
                && token.text == "size"
                && follows(tokens, at + 1, "(")
                && is_number(at + 2);
        if colour || size {
            let what = format!("colours and text sizes live in src/{THEME}");
            found.push(source.violation(token.line, what));
        }
    }
}

fn check_form(source: &Source, found: &mut Vec<Violation>) {
    if !source.text.starts_with("//! ") {
        found.push(source.violation(1, "a file opens with //! and why it exists"));
    }
    let lines = source.text.lines().count();
    if lines > LONGEST {
        let what = format!("{lines} lines, more than {LONGEST}: split it");
        found.push(source.violation(lines, what));
    }
}

fn check(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    let (tokens, _) = source.tokens();
    check_form(source, &mut found);
    check_folders(source, &tokens, &mut found);
    check_crates(source, &tokens, &mut found);
    check_world(source, &tokens, &mut found);
    check_looks(source, &tokens, &mut found);
    found
}

/// The complaints about all of `sources`; files that exist only for unit tests need only their form.
fn check_all(sources: &[Source]) -> Vec<Violation> {
    let mut test_modules = Vec::new();
    for source in sources {
        let (_, names) = source.tokens();
        let module = source.module().join("/");
        let module = if source.path == "lib.rs" { "" } else { &module };
        test_modules.extend(names.iter().map(|name| format!("{module}/{name}")));
    }
    let mut found = Vec::new();
    for source in sources {
        let module = source.module().join("/");
        let within = |test: &String| {
            let rest = module.strip_prefix(test.trim_start_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if test_modules.iter().any(within) {
            check_form(source, &mut found);
        } else {
            found.extend(check(source));
        }
    }
    found
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// `path` below `src/`, with `/`.
fn relative(path: &Path) -> String {
    let path = path.strip_prefix(src()).unwrap();
    path.to_string_lossy().replace('\\', "/")
}

/// Every Rust file below `directory`, and every folder that has fewer than two.
fn read_all(directory: &Path, sources: &mut Vec<Source>, lonely: &mut Vec<PathBuf>) {
    let mut paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let is_source =
        |path: &PathBuf| path.is_dir() || path.extension().is_some_and(|end| end == "rs");
    paths.retain(is_source);
    if paths.len() < 2 {
        lonely.push(directory.to_owned());
    }
    for path in paths {
        if path.is_dir() {
            read_all(&path, sources, lonely);
        } else {
            sources.push(Source {
                path: relative(&path),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

#[test]
fn every_file_keeps_the_house_rules() {
    let (mut sources, mut lonely) = (Vec::new(), Vec::new());
    read_all(&src(), &mut sources, &mut lonely);
    assert!(sources.len() > 30, "src/ was not read");
    let found: Vec<String> = check_all(&sources)
        .iter()
        .map(ToString::to_string)
        .chain(
            lonely
                .iter()
                .map(|folder| format!("src/{}: a folder has at least two files", relative(folder))),
        )
        .collect();
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn every_folder_is_in_the_table() {
    for (folder, _) in MAY_USE {
        assert!(
            src().join(folder).exists(),
            "{folder} is in the table but not in src/"
        );
    }
}

/// The lines and complaints of a file at `path` that says `code`.
fn complaints(path: &str, code: &str) -> Vec<(usize, String)> {
    let source = Source {
        path: path.to_owned(),
        text: format!("//! Example.\n{code}"),
    };
    let found = check(&source).into_iter();
    found
        .map(|violation| (violation.line, violation.what))
        .collect()
}

#[test]
fn forbidden_uses_are_found_however_they_are_written() {
    for (path, code, line) in [
        ("gui/a.rs", "use crate::cli;", 2),
        ("cli/a.rs", "\nfn f() { crate::gui::run(); }", 3),
        (
            "client/a.rs",
            "use crate::{mqtt::{Qos, Version},\n    model::Model, profile};",
            3,
        ),
        ("client/mod.rs", "use super::model::Model;", 2),
        ("client/dial.rs", "use super::super::model;", 2),
        (
            "gui/tree/row.rs",
            "use super::super::super::{live, cli};",
            2,
        ),
        ("broker/a.rs", "pub use crate::live as x;", 2),
        ("main.rs", "use canopy::{cli, gui, model};", 2),
        ("gui/a.rs", "fn f() { tokio::spawn(x) }", 2),
        ("gui/a.rs", "use tokio as t;", 2),
        ("live/a.rs", "use egui::Context;", 2),
        ("mqtt/packet.rs", "use rumqttc::Packet;", 2),
        ("client/a.rs", "use mqtt5::broker::MqttBroker;", 2),
        ("model/a.rs", "let x: std::time::Instant;", 2),
        ("payload/a.rs", "let x = jiff::Timestamp::now();", 2),
        ("model/a.rs", "use std::{fmt,\n    fs};", 3),
        ("payload/a.rs", "use std::time::{Duration, SystemTime};", 2),
        ("mqtt/a.rs", "use uuid::Uuid;", 2),
        ("gui/a.rs", "let c = egui::Color32::from_rgb(1, 2, 3);", 2),
        ("gui/a.rs", "let c = Color32::RED;", 2),
        ("gui/a.rs", "let f = FontId::monospace(12.0);", 2),
        ("gui/a.rs", "let t = RichText::new(x).size(12.0);", 2),
        ("strange/a.rs", "", 1),
    ] {
        let found = complaints(path, code);
        assert_eq!(found.len(), 1, "{path}: {code}\n{found:?}");
        assert_eq!(found[0].0, line, "{path}: {code}");
    }
}

#[test]
fn what_is_allowed_is_not_complained_about() {
    for (path, code) in [
        (
            "gui/a.rs",
            "use crate::{client, live};\n/// Unlike [`crate::cli`].\nfn f<'a>(c: char) -> bool { c == '\"' }",
        ),
        (
            "gui/theme.rs",
            "const RED: Color32 = Color32::from_rgb(1, 2, 3);",
        ),
        (
            "gui/a.rs",
            "let c = Color32::TRANSPARENT; let f = FontId::monospace(theme::SMALL); x.size();",
        ),
        (
            "client/session/v5.rs",
            "use super::super::tap; use super::model;\n// crate::model\nlet s = \"use crate::gui;\";",
        ),
        (
            "client/a.rs",
            "let s = r#\"tokio \" crate::gui\"#; let b = b\"std::fs\"; let c = '\\'';",
        ),
        ("mqtt/codec.rs", "use rumqttc::Packet; use jiff::Timestamp;"),
        ("mqtt/codec/v4.rs", "use rumqttc_v4::Packet;"),
        (
            "model/a.rs",
            "use std::time::Duration; use std::fmt;\n#[cfg(test)]\nmod tests { use std::fs; }",
        ),
        ("main.rs", "use canopy::cli; use canopy::gui;"),
        (
            "profile/keyring.rs",
            "use keyring::Entry; use super::ProfileId;",
        ),
        ("gui/a.rs", "let keyring = 1; self::rand();"),
    ] {
        assert_eq!(complaints(path, code), [], "{path}: {code}");
    }
}

#[test]
fn code_for_unit_tests_is_left_out_wherever_it_stands() {
    let source = |path: &str, code: &str| Source {
        path: path.to_owned(),
        text: format!("//! Example.\n{code}"),
    };
    let sources = [
        source(
            "gui/mod.rs",
            "#[cfg(test)]\nmod fixture;\n#[cfg(test)]\nfn f() { tokio::x() }\nuse tokio::sync;",
        ),
        source("gui/fixture.rs", "use tokio::runtime;"),
        source("gui/fixture/deep.rs", "use tokio::runtime;"),
        source("gui/fixtures.rs", "use tokio::runtime;"),
    ];
    let found = check_all(&sources);
    let places: Vec<_> = found
        .iter()
        .map(|found| (found.path.as_str(), found.line))
        .collect();
    assert_eq!(places, [("gui/mod.rs", 6), ("gui/fixtures.rs", 2)]);
}

#[test]
fn a_file_says_why_it_exists_and_stays_short() {
    let source = |text: String| Source {
        path: "mqtt/a.rs".to_owned(),
        text,
    };
    assert_eq!(check(&source("use std::fmt;\n".to_owned())).len(), 1);
    assert_eq!(check(&source("//! Why.\n".repeat(601))).len(), 1);
    assert_eq!(check(&source("//! Why.\n".repeat(600))), []);
}
