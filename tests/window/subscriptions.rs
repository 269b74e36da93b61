//! The chips above the tree while the connection stands.

use egui::Key;
use egui::accesskit::Role;

use crate::broker::demo;
use crate::driver::Home;

#[test]
fn a_subscription_is_added_changed_and_removed() {
    let home = Home::new();
    let mut window = demo(&home);
    window.press("Subscribe…");
    window.fill("Topic filter", "home/+/light");
    window.key(Key::Enter);
    window.wait_for_label("home/+/light, granted with QoS 0");
    window.press("Change the QoS of home/+/light");
    window.press("QoS 2 · exactly once");
    window.wait_for_label("home/+/light, granted with QoS 2");
    let kept = |home: &Home| {
        let profile = home.profiles().pop().unwrap();
        profile
            .subscriptions
            .into_iter()
            .map(|it| it.filter)
            .collect::<Vec<_>>()
    };
    window.wait_for("the profile on disk", |_| {
        kept(&home) == ["#", "$SYS/#", "home/+/light"]
    });
    window.press("Unsubscribe from home/+/light");
    window.wait_for("the chip is gone", |window| {
        window.count(Role::Button, "Unsubscribe from home/+/light") == 0
    });
    window.wait_for("the profile on disk", |_| kept(&home) == ["#", "$SYS/#"]);
}

#[test]
fn without_its_subscription_nothing_more_arrives() {
    let home = Home::new();
    let mut window = demo(&home);
    window.press("Unsubscribe from $SYS/#");
    window.press("Unsubscribe from #");
    window.wait_for("silence", |window| {
        window.has("↓ 0.0 /s") || window.has("↓ 0 /s")
    });
}
