//! The switch of the broker inside and the demo on it.

use egui::accesskit::Role;

use crate::driver::{Home, Window};

/// A window with broker and demo, connected, with every branch open.
pub fn demo(home: &Home) -> Window {
    let mut window = home.open();
    window.press("Start broker and demo");
    window.wait_for("topics", |w| w.rows().len() > 20);
    eprintln!("{}", window.on_screen());
    window.wait_for("the topics of the demo", |window| {
        ["UM", "command", "status", "home", "binary"]
            .iter()
            .all(|name| window.rows().iter().any(|row| row == name))
    });
    window.press("Open all branches");
    window.wait_for("open branches", |window| window.has_row("research"));
    window
}

#[test]
fn the_demo_fills_the_tree() {
    let home = Home::new();
    let window = demo(&home);
    eprintln!("{}", window.on_screen());
    assert!(window.is_on(Role::Switch, "Broker"));
    window.close();
}
