//! The subscriptions while the connection stands: chips, the form, the list; brokers that grant and refuse.

use canopy::client::{Command, Outgoing};
use canopy::mqtt::{Qos, TopicFilter, Version};
use canopy::profile::{Profile, ProfileColor, RetainHandling, Subscription};
use egui::Key;
use egui::accesskit::Role;
use tokio::runtime::Runtime;

use crate::broker::demo;
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{self, Probe, message};
use crate::common::script::{CONNACK_V5, Script, Step};
use crate::connection::{connect, lab};
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

/// The subscription with this filter in the only profile on disk.
fn kept(home: &Home, filter: &str) -> Option<Subscription> {
    let profile = home.profiles().pop()?;
    let mut subscriptions = profile.subscriptions.into_iter();
    subscriptions.find(|it| it.filter == filter)
}

#[test]
fn options_hold_at_once_and_after_a_restart() {
    let home = Home::new();
    let mut window = demo(&home);
    window.press("Subscribe…");
    window.fill("Topic filter", "home/+/temperature");
    window.click(Role::Switch, "No Local");
    window.click(Role::RadioButton, "Retain Handling Never");
    window.click(Role::Switch, "has an identifier");
    window.fill("identifier", "4711");
    window.click(Role::RadioButton, "Orange");
    window.press("Subscribe");
    let wanted = Subscription {
        no_local: true,
        retain_handling: RetainHandling::DoNotSend,
        id: Some(4711),
        color: Some(ProfileColor::Orange),
        ..Subscription::for_window("home/+/temperature", Qos::AtMostOnce)
    };
    let granted = "home/+/temperature, granted with QoS 0";
    window.wait_for_label(granted);
    window.wait_for("the profile on disk", |_| {
        kept(&home, "home/+/temperature").as_ref() == Some(&wanted)
    });
    // the broker names the subscription in each message that it brings
    window.press("Unsubscribe from #");
    window.press("Open all branches");
    window.click_row("temperature = ");
    window.click(Role::Tab, "Properties");
    window.wait_for("its identifier in a message", |window| {
        window.has_text("Subscription Identifier") && window.has_text("4711")
    });
    window.close();

    let mut window = home.open();
    window.press("Start broker and demo");
    window.wait_for_label(granted);
    window.press(granted);
    assert!(window.is_on(Role::Switch, "No Local"));
    assert!(window.is_on(Role::Switch, "Retain As Published"));
    assert!(window.is_on(Role::RadioButton, "Retain Handling Never"));
    assert_eq!(window.value("identifier").as_deref(), Some("4711"));
    assert!(window.is_on(Role::RadioButton, "Orange"));
    window.click(Role::Switch, "has an identifier");
    window.press("Apply");
    window.wait_for("the profile without it", |_| {
        kept(&home, "home/+/temperature").is_some_and(|it| it.id.is_none())
    });
}

#[test]
fn without_retain_as_published_live_messages_come_without_the_flag() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let profile = Profile {
        subscriptions: vec![Subscription::new("#", Qos::AtMostOnce)],
        ..lab(broker.port())
    };
    let mut window = connect(&home, &profile);
    window.wait_for_label("#, granted with QoS 0");
    let runtime = Runtime::new().unwrap();
    let publish = |payload: &'static str| {
        let message = Outgoing {
            retain: true,
            ..message("kept", payload, Qos::AtLeastOnce)
        };
        runtime.block_on(async {
            let mut probe = Probe::connect(probe::profile(Version::V5, broker.port())).await;
            probe.drop_captures();
            probe.publish(message).await;
            probe.disconnect().await;
        });
    };
    publish("one");
    window.click_row("kept = one");
    assert!(!window.has("Retained"));
    window.press("#, granted with QoS 0");
    window.click(Role::Switch, "Retain As Published");
    window.press("Apply");
    window.wait_for_label("Retained");
    publish("two");
    window.wait_for("the live message", |window| window.has_row("kept = two"));
    window.wait_for_label("Retained");
    assert!(kept(&home, "#").is_some_and(|it| it.retain_as_published));
}

#[test]
fn the_messages_of_a_group_are_shared_by_its_clients() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let profile = Profile {
        subscriptions: Vec::new(),
        ..lab(broker.port())
    };
    let mut window = connect(&home, &profile);
    window.wait_for_text("Connected since");
    window.press("Subscribe…");
    window.fill("Topic filter", "work/#");
    window.click(Role::Switch, "shared");
    window.fill("group", "crew");
    window.press("Subscribe");
    window.wait_for_label("$share/crew/work/#, granted with QoS 0");
    let runtime = Runtime::new().unwrap();
    let (theirs, sent) = runtime.block_on(async {
        let other = Profile {
            subscriptions: vec![Subscription::new("$share/crew/work/#", Qos::AtLeastOnce)],
            ..probe::profile(Version::V5, broker.port())
        };
        let mut other = Probe::subscribed(other).await;
        let mut sender = Probe::connect(probe::profile(Version::V5, broker.port())).await;
        sender.drop_captures();
        for number in 0..40 {
            let topic = format!("work/{}", number % 4);
            sender.publish(message(&topic, "x", Qos::AtLeastOnce)).await;
        }
        // what follows everything that was shared out comes to this client alone
        let end = TopicFilter::new("end").unwrap();
        other.send(Command::Subscribe(end, Qos::AtLeastOnce));
        other.granted().await;
        sender.publish(message("end", "", Qos::AtLeastOnce)).await;
        let mut theirs = 0;
        while other.message().await.topic.as_str() != "end" {
            theirs += 1;
        }
        (theirs, 40)
    });
    assert!(theirs > 0 && theirs < sent, "{theirs} of {sent}");
    window.wait_for("the others", |window| {
        crate::broker::messages(window) == Some(sent - theirs)
    });
    window.press("All subscriptions");
    let count = (sent - theirs).to_string();
    window.wait_for("their number", |window| window.has(&count));
}

/// What mosquitto does with a filter that an access list allows only in part.
#[test]
fn an_access_list_of_mosquitto_grants_everything_and_leaves_out_messages() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("acl");
    std::fs::write(&list, "topic readwrite allowed/#\n").unwrap();
    let config = format!("allow_anonymous true\nacl_file {}\n", list.display());
    let Some(broker) = Mosquitto::start_with(&config) else {
        return;
    };
    let home = Home::new();
    let mut window = connect(&home, &lab(broker.port()));
    window.wait_for_label("#, granted with QoS 0");
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let mut sender = Probe::connect(probe::profile(Version::V5, broker.port())).await;
        sender.drop_captures();
        sender
            .publish(message("forbidden/a", "x", Qos::AtLeastOnce))
            .await;
        sender
            .publish(message("allowed/a", "x", Qos::AtLeastOnce))
            .await;
    });
    window.wait_for("what is allowed", |window| window.has_row("allowed"));
    assert!(!window.has_row("forbidden"));
}

const SUBSCRIBE: u8 = 8;
const UNSUBSCRIBE: u8 = 10;

/// SUBACK with one reason for the packet with this identifier (MQTT 5, 3.9).
fn suback(packet_id: u8, reason: u8) -> Step {
    Step::Send(vec![0x90, 4, 0, packet_id, 0, reason])
}

/// A profile that subscribes only to `#`.
fn everything(port: u16) -> Profile {
    Profile {
        subscriptions: vec![Subscription::for_window("#", Qos::AtMostOnce)],
        ..lab(port)
    }
}

#[test]
fn a_refused_filter_is_red_and_a_narrower_one_takes_its_place() {
    let script = Script::start(vec![
        Step::Expect(1),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(SUBSCRIBE),
        suback(1, 0x87),
        Step::Expect(SUBSCRIBE),
        suback(2, 0),
        Step::Expect(UNSUBSCRIBE),
        Step::Send(vec![0xb0, 4, 0, 3, 0, 0x11]),
        Step::ReadToEnd,
    ]);
    let home = Home::new();
    let mut window = connect(&home, &everything(script.port()));
    window.wait_for_text("#, refused: Not authorized");
    let chip = window.read(|text| text.starts_with("#, refused").then(|| text.to_owned()));
    window.press(&chip.unwrap());
    window.press("Subscribe to +/#");
    window.wait_for_label("+/#, granted with QoS 0");
    window.wait_for("only that one in the profile", |_| {
        kept(&home, "+/#").is_some() && kept(&home, "#").is_none()
    });
    window.close();
    let is_narrower =
        |packet: &&Vec<u8>| packet[0] >> 4 == SUBSCRIBE && packet[7..].starts_with(b"+/#");
    let packets = script.received();
    // QoS 0, Retain As Published
    let narrower = packets.iter().find(is_narrower).unwrap();
    assert_eq!(narrower.last(), Some(&0b0000_1000));
    assert!(packets.iter().any(|packet| packet[0] >> 4 == UNSUBSCRIBE));
}

#[test]
fn a_broker_that_hangs_up_on_a_filter_is_explained_and_the_filter_removed() {
    let script = Script::start(vec![
        Step::Expect(1),
        Step::Send(CONNACK_V5.to_vec()),
        Step::Expect(SUBSCRIBE),
        Step::Reconnect,
        Step::Expect(1),
        Step::Send(CONNACK_V5.to_vec()),
        Step::ReadToEnd,
    ]);
    let home = Home::new();
    let profile = Profile {
        reconnect: false,
        ..everything(script.port())
    };
    let mut window = connect(&home, &profile);
    window.wait_for_text("instead of answering the subscription to “#”");
    window.wait_for_text("#, The broker closed the connection instead of answering");
    window.press("Unsubscribe from #");
    window.wait_for("the filter is gone from the profile", |_| {
        kept(&home, "#").is_none()
    });
    window.press("Connect");
    window.wait_for_text("Connected since");
    window.close();
    let packets = script.received();
    let asked = packets.iter().filter(|packet| packet[0] >> 4 == SUBSCRIBE);
    assert_eq!(asked.count(), 1);
}

#[test]
fn what_connack_rules_out_is_not_sent() {
    // subscription identifiers and wildcards are not available (MQTT 5, 3.2.2.3.11 and 3.2.2.3.12)
    let connack = vec![0x20, 7, 0, 0, 4, 0x28, 0, 0x29, 0];
    let script = Script::start(vec![Step::Expect(1), Step::Send(connack), Step::ReadToEnd]);
    let home = Home::new();
    let mut window = connect(&home, &everything(script.port()));
    window.wait_for_text("#, refused: Wildcard Subscriptions not supported");
    window.press("Subscribe…");
    window.fill("Topic filter", "a/+");
    window.wait_for_text("knows no “+” and “#”");
    window.wait_for_text("knows no subscription identifiers");
    window.key(Key::Escape);
    window.close();
    let packets = script.received();
    assert!(packets.iter().all(|packet| packet[0] >> 4 != SUBSCRIBE));
}

#[test]
fn the_list_shows_what_has_no_chip() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let home = Home::new();
    let filter = |number| Subscription::for_window(format!("site/{number}/#"), Qos::AtLeastOnce);
    let profile = Profile {
        subscriptions: (0..30).map(filter).collect(),
        ..lab(broker.port())
    };
    let mut window = connect(&home, &profile);
    window.wait_for_label("site/0/#, granted with QoS 1");
    let more = window.read(|text| {
        text.ends_with("more subscriptions")
            .then(|| text.to_owned())
    });
    window.press(&more.unwrap());
    window.wait_for_label("30 subscriptions");
    window.press("Unsubscribe from site/9/#");
    window.wait_for_label("29 subscriptions");
    window.press("Change site/10/#");
    window.click(Role::RadioButton, "QoS 2");
    window.press("Apply");
    window.wait_for("the profile on disk", |_| {
        kept(&home, "site/10/#").is_some_and(|it| it.qos == Qos::ExactlyOnce)
            && kept(&home, "site/9/#").is_none()
    });
}
