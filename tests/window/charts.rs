//! Charts of numbers, the dashboard of a profile, and the small lines of the tree.

use egui::Key;
use egui::accesskit::Role;

use canopy::profile::{ChartAxis, Settings};

use crate::broker::demo;
use crate::driver::{CTRL, Home, Window};

/// Publishes by hand and waits until the tree shows it.
fn publish(window: &mut Window, topic: &str, payload: &str) {
    window.fill("Topic to publish to", topic);
    window.click(Role::RadioButton, "Payload as Text");
    window.fill("Payload to publish", payload);
    window.press("Publish");
    let row = format!("{topic} = {payload}");
    window.wait_for(&row, |window| window.has_row(&row));
}

/// Publishes these one after the other, and shows the chart of the topic.
fn chart(window: &mut Window, topic: &str, payloads: &[&str]) {
    for payload in payloads {
        publish(window, topic, payload);
    }
    window.click_row(&format!("{topic} = "));
    window.click(Role::Tab, "Chart");
}

#[test]
fn a_number_is_charted_with_its_figures_digit_by_digit() {
    let home = Home::new();
    let mut window = demo(&home);
    chart(&mut window, "exact", &["10.10", "14.90", "12.50"]);
    // without a choice the first number is drawn
    window.wait_for_label("Chart of exact");
    for figure in ["12.50", "10.10", "14.90"] {
        window.wait_for(figure, |window| window.count(Role::Label, figure) > 0);
    }
    window.click(Role::CheckBox, "Chart exact");
    window.wait_for_label("Take exact out of the chart");
    assert!(window.is_on(Role::CheckBox, "Chart exact"));
    publish(&mut window, "exact", "99.00");
    window.wait_for("99.00", |window| window.count(Role::Label, "99.00") > 1);
    assert!(window.unnamed().is_empty(), "{:?}", window.unnamed());
    window.press("Take exact out of the chart");
    assert!(!window.is_on(Role::CheckBox, "Chart exact"));
}

#[test]
fn values_of_several_topics_share_a_chart_with_two_axes() {
    let home = Home::new();
    let mut window = demo(&home);
    let news = "{\"score\": 14.2, \"author\": {\"id\": 77}, \"on\": true}";
    publish(&mut window, "small", "5.5");
    chart(&mut window, "json", &[news]);
    window.click(Role::CheckBox, "Chart score");
    window.click(Role::CheckBox, "Chart author.id");
    window.click(Role::CheckBox, "Chart on");
    window.click_row("small = ");
    window.click(Role::CheckBox, "Chart small");
    for label in ["score", "author.id", "on", "small"] {
        window.wait_for_label(&format!("Take {label} out of the chart"));
    }
    window.press("Take on out of the chart");
    window.press("Left");
    window.wait_for_label("Right");
    window.click(Role::RadioButton, "Time 30 s");
    window.press("Pin to dashboard");
    window.wait_for_text("is on the dashboard");
    window.close();
    let profile = home.profiles().remove(0);
    let [pinned] = profile.charts.as_slice() else {
        panic!("{:?}", profile.charts);
    };
    let axes = pinned.series.iter().map(|series| series.axis);
    let right = axes.filter(|axis| *axis == ChartAxis::Right).count();
    assert_eq!((pinned.series.len(), right), (3, 1));
    assert_eq!(pinned.window.label(), "30 s");
    assert_eq!(pinned.series[2].key.topic, "small");
}

#[test]
fn moving_a_chart_holds_it_until_it_is_to_follow() {
    let home = Home::new();
    let mut window = demo(&home);
    chart(&mut window, "n", &["1", "2", "3"]);
    window.wait_for_label("Chart of n");
    assert_eq!(window.count(Role::Button, "Follow"), 0);
    let place = window.place(Role::Image, "Chart of n").center();
    window.drag(place, place + egui::vec2(60.0, 0.0));
    window.wait_for_label("Follow");
    window.press("Follow");
    assert_eq!(window.count(Role::Button, "Follow"), 0);
}

#[test]
fn pinned_charts_come_back_after_a_restart_and_wait_for_their_topics() {
    let home = Home::new();
    let mut window = demo(&home);
    for topic in ["first", "second"] {
        chart(&mut window, topic, &["1.0", "2.0"]);
        window.click(Role::CheckBox, &format!("Chart {topic}"));
        window.press("Pin to dashboard");
        window.press("Empty the chart");
    }
    window.close();
    let mut window = demo(&home);
    window.chord(CTRL, Key::G);
    window.wait_for_label("Back to the topics");
    window.wait_for_text("2 charts");
    window.wait_for_text("waiting for its first message");
    window.press("Rename first");
    window.chord(CTRL, Key::A);
    window.type_text("The first");
    window.key(Key::Enter);
    window.wait_for_label("Move The first back");
    window.press("Move The first back");
    window.press("Take second off the dashboard");
    window.wait_for_text("1 chart");
    window.press("Undo");
    window.wait_for_text("2 charts");
    assert!(window.unnamed().is_empty(), "{:?}", window.unnamed());
    window.press("Open The first in the chart tab");
    publish(&mut window, "first", "3.5");
    window.wait_for_label("Chart of first");
    window.wait_for("3.5", |window| window.count(Role::Label, "3.5") > 0);
    window.close();
    let names: Vec<String> = (home.profiles().remove(0).charts.into_iter())
        .map(|chart| chart.name)
        .collect();
    assert_eq!(names, ["second", "The first"]);
}

#[test]
fn the_values_of_a_chart_are_written_as_csv() {
    let home = Home::new();
    let mut window = demo(&home);
    chart(&mut window, "csv", &["1.50", "on", "-2.0"]);
    window.click(Role::CheckBox, "Chart csv");
    window.press("Export as CSV");
    let path = home.path().join("values.csv");
    window.fill("Path of the CSV file", path.to_str().unwrap());
    window.press("Save CSV");
    window.wait_for_text("Saved 3 values");
    let written = std::fs::read_to_string(&path).unwrap();
    let rows: Vec<&str> = written.lines().collect();
    assert_eq!(rows[0], "time,topic,path,value");
    let values: Vec<&str> = rows[1..]
        .iter()
        .filter_map(|row| row.rsplit(',').next())
        .collect();
    assert_eq!(values, ["1.50", "on", "-2.0"]);
    assert!(
        rows[1].contains('T') && rows[1].contains(",csv,,"),
        "{written}"
    );
}

#[test]
fn a_number_of_a_row_and_all_below_a_branch_are_charted_from_the_tree() {
    let home = Home::new();
    let mut window = demo(&home);
    publish(&mut window, "single", "5");
    window.row_menu("single = ");
    window.press("Chart");
    window.wait_for_label("Take single out of the chart");
    window.press("Empty the chart");
    window.row_menu("home");
    window.press("Chart all numbers below");
    window.wait_for_text("Take ");
    window.wait_for("several lines", |window| {
        window
            .read(|text| text.contains(" values from ").then_some(()))
            .is_some()
    });
}

#[test]
fn below_a_number_its_last_values_are_drawn() {
    let home = Home::new();
    let mut window = demo(&home);
    for payload in ["20.5", "21.5"] {
        publish(&mut window, "strip", payload);
    }
    window.click_row("strip = ");
    window.wait_for_label("Small chart of strip");
    window.wait_for_text("min 20.5 max 21.5 mean 21.0");
}

#[test]
fn sparklines_can_be_turned_off() {
    let home = Home::new();
    let mut window = demo(&home);
    window.chord(CTRL, Key::Comma);
    window.click(Role::Switch, "Sparklines in the tree");
    window.press("Done");
    window.close();
    let settings = home.config().load_settings().0;
    assert!(!settings.sparklines && Settings::default().sparklines);
}
