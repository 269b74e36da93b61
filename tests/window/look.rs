//! Themes, small windows, large pixels; nothing without a label.

use canopy::profile::{Settings, Theme};
use egui::Key;
use egui::accesskit::Role;

use crate::broker::{demo, demo_in};
use crate::driver::{CTRL, Home, Look, Window};

/// Whether a text has icons of the icon font, which mean nothing to who hears them.
fn is_glyph(text: &str) -> bool {
    text.contains(|character| ('\u{e000}'..='\u{f8ff}').contains(&character))
}

/// Visits every panel and dialog.
fn visit(window: &mut Window) {
    let check = |window: &Window, place: &str| {
        let unnamed = window.unnamed();
        assert!(
            unnamed.is_empty(),
            "without a label in {place}: {unnamed:#?}"
        );
        let glyphs = window.read(|text| is_glyph(text).then(|| text.escape_unicode().to_string()));
        assert_eq!(glyphs, None, "an icon is read out in {place}");
    };
    window.click_row("UMD");
    for tab in ["Payload", "History", "Properties", "Subtree"] {
        window.click(Role::Tab, tab);
        check(window, tab);
    }
    for key in [Key::Num2, Key::Num3, Key::Num4, Key::Num1] {
        window.chord(CTRL, key);
        check(window, "the dock");
    }
    for (key, place) in [(Key::K, "the palette"), (Key::Comma, "the settings")] {
        window.chord(CTRL, key);
        check(window, place);
        window.key(Key::Escape);
    }
    window.key(Key::F1);
    check(window, "the keys");
    window.key(Key::Escape);
    window.chord(CTRL, Key::O);
    for tab in ["General", "Subscriptions", "Advanced"] {
        window.click(Role::Tab, tab);
        check(window, tab);
    }
    window.chord(CTRL, Key::E);
    window.wait_for("topics", |window| window.has_row("UMD"));
}

#[test]
fn everything_has_a_label() {
    let home = Home::new();
    visit(&mut demo(&home));
}

#[test]
fn it_works_in_a_small_window() {
    for size in [[1024.0, 700.0], [760.0, 480.0]] {
        let home = Home::new();
        let look = Look { size, scale: 1.0 };
        visit(&mut demo_in(home.open_as(look, true)));
    }
}

#[test]
fn it_works_with_large_pixels() {
    let home = Home::new();
    let look = Look {
        scale: 2.0,
        ..Look::default()
    };
    visit(&mut demo_in(home.open_as(look, true)));
}

#[test]
fn the_theme_is_switched_and_kept() {
    let home = Home::new();
    let mut window = home.open();
    assert!(window.context().theme() == egui::Theme::Dark);
    window.press("Light theme");
    window.wait_for_label("Dark theme");
    assert!(window.context().theme() == egui::Theme::Light);
    let theme = |home: &Home| home.config().load_settings().0.theme;
    window.wait_for("the settings on disk", |_| theme(&home) == Theme::Light);
    window.close();
    let mut window = home.open();
    window.wait_for_label("Dark theme");
    assert!(window.context().theme() == egui::Theme::Light);
}

#[test]
fn it_works_in_the_light_theme() {
    let home = Home::with(&Settings {
        theme: Theme::Light,
        ..Settings::default()
    });
    visit(&mut demo(&home));
}

#[test]
fn everything_is_enlarged_and_stays_so() {
    let home = Home::new();
    let mut window = home.open();
    window.chord(CTRL, Key::Comma);
    window.click(Role::RadioButton, "Enlarge 150 %");
    window.press("Done");
    window.wait_for("the settings on disk", |_| {
        (home.config().load_settings().0.zoom - 1.5).abs() < 0.01
    });
    window.close();
    let mut window = home.open();
    window.step();
    assert!((window.context().pixels_per_point() - 1.5).abs() < 0.01);
}

#[test]
fn panels_keep_the_size_that_they_were_dragged_to() {
    let home = Home::new();
    let mut window = demo(&home);
    let before = window.tree_width();
    window.drag_splitter(-120.0);
    let dragged = window.tree_width();
    assert!((before - dragged - 120.0).abs() < 4.0, "{before} {dragged}");
    window.close();
    let mut window = demo(&home);
    assert!((window.tree_width() - dragged).abs() < 1.0);
    // a small window has less room for the tree; the next large one has it again
    window.resize([800.0, 600.0]);
    window.resize([1440.0, 900.0]);
    assert!(
        (window.tree_width() - dragged).abs() < 1.0,
        "{}",
        window.tree_width()
    );
}
