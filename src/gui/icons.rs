//! The icons of the window by purpose: code points of the Phosphor icon font in `assets/fonts`.

/// Icon: the app's own mark (fill).
pub const TREE: &str = "\u{e6da}";
/// Icon: the broker.
pub const BROADCAST: &str = "\u{e0f2}";
/// Icon: disconnect.
pub const PLUGS: &str = "\u{eb56}";
/// Icon: connect.
pub const PLUGS_CONNECTED: &str = "\u{eb5a}";
/// Icon: add.
pub const PLUS: &str = "\u{e3d4}";
/// Icon: close, remove.
pub const X: &str = "\u{e4f6}";
/// Icon: open branch.
pub const CARET_DOWN: &str = "\u{e136}";
/// Icon: closed branch.
pub const CARET_RIGHT: &str = "\u{e13a}";
/// Icon: filter, find.
pub const SEARCH: &str = "\u{e30c}";
/// Icon: light theme.
pub const SUN: &str = "\u{e472}";
/// Icon: dark theme.
pub const MOON: &str = "\u{e330}";
/// Icon: settings.
pub const GEAR: &str = "\u{e272}";
/// Icon: retained (fill).
pub const PIN: &str = "\u{e3e2}";
/// Icon: publish.
pub const SEND: &str = "\u{e398}";
/// Icon: clear retained.
pub const ERASER: &str = "\u{e21e}";
/// Icon: more.
pub const DOTS: &str = "\u{e1fe}";
/// Icon: copy.
pub const COPY: &str = "\u{e1ca}";
/// Icon: delete.
pub const TRASH: &str = "\u{e4a6}";
/// Icon: anew.
pub const REFRESH: &str = "\u{e094}";
/// Icon: password.
pub const LOCK: &str = "\u{e308}";
/// Icon: command line.
pub const TERMINAL: &str = "\u{eae8}";
/// Icon: start, resume.
pub const PLAY: &str = "\u{e3d0}";
/// Icon: pause.
pub const PAUSE: &str = "\u{e39e}";
/// Icon: stop.
pub const STOP: &str = "\u{e46c}";
/// Icon: log, history.
pub const LIST: &str = "\u{e2f2}";
/// Icon: done.
pub const CHECK_CIRCLE: &str = "\u{e184}";
/// Icon: warning.
pub const WARNING: &str = "\u{e4e0}";
/// Icon: error.
pub const WARNING_CIRCLE: &str = "\u{e4e2}";
/// Icon: information.
pub const INFO: &str = "\u{e2ce}";
/// Icon: incoming.
pub const ARROW_DOWN: &str = "\u{e03e}";
/// Icon: outgoing.
pub const ARROW_UP: &str = "\u{e08e}";
/// Icon: close all branches.
pub const COLLAPSE: &str = "\u{e532}";
/// Icon: open all branches.
pub const EXPAND: &str = "\u{e536}";
/// Icon: keep under a name.
pub const SAVE: &str = "\u{e248}";
/// Icon: edit.
pub const PENCIL: &str = "\u{e3b4}";
/// Icon: show the password.
pub const EYE: &str = "\u{e220}";
/// Icon: hide the password.
pub const EYE_SLASH: &str = "\u{e224}";
/// Icon: choose a file.
pub const FOLDER: &str = "\u{e256}";
/// Icon: drop without goodbye.
pub const LINK_BREAK: &str = "\u{e2e4}";
/// Icon: configure.
pub const SLIDERS: &str = "\u{e434}";
/// Icon: keyboard.
pub const KEYBOARD: &str = "\u{e2d8}";
/// Icon: order of the tree.
pub const SORT: &str = "\u{e444}";
/// Icon: a chart.
pub const CHART_LINE: &str = "\u{e154}";
/// Icon: charts side by side.
pub const DASHBOARD: &str = "\u{e464}";
/// Icon: keep on the dashboard.
pub const PUSH_PIN: &str = "\u{e3e2}";
/// Icon: as a picture.
pub const PICTURE: &str = "\u{e2ca}";
/// Icon: as a table.
pub const TABLE: &str = "\u{e476}";
