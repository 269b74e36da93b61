//! The inspector by accessible label, and pictures of it.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::Inspector;
use crate::gui::action::Action;
use crate::gui::fixture::{self, Fixture, message};
use crate::mqtt::{Properties, Publish, Qos};
use crate::profile::Theme;

const NEWS: &str = "UM/campus/research/news";

struct State {
    fixture: Fixture,
    inspector: Inspector,
}

fn news(score: u32) -> Publish {
    let payload = format!(
        "{{\"headline\":\"Sensor network reaches 1,000 nodes\",\"author\":{{\"id\":77,\"name\":\"R. Patel\"}},\
         \"score\":{}.{},\"published\":true,\"tags\":[\"lorawan\",\"mqtt\"]}}",
        score / 10,
        score % 10,
    );
    let properties = Properties {
        content_type: Some("application/json".to_owned()),
        message_expiry: Some(3_600),
        correlation_data: Some(bytes::Bytes::from_static(&[0, 1, 0xfe])),
        ..fixture::user_properties(&[
            ("x-mqtt-client-id", "demo-news"),
            ("x-mqtt-sender", "demo"),
            ("origin", "laptop"),
        ])
    };
    Publish {
        retain: true,
        properties: Some(Box::new(properties)),
        ..message(NEWS, payload)
    }
}

fn campus() -> Vec<Publish> {
    let binary: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    let first = [
        message("binary/camera/front", binary),
        Publish { qos: Qos::AtMostOnce, packet_id: None, ..message("status/raspberrypi/online", "") },
        Publish { dup: true, qos: Qos::ExactlyOnce, ..message("log/line", "a\tb\u{1b}[0m line\r\nsecond line") },
    ];
    first.into_iter().chain((0..40).map(|index| news(120 + index))).collect()
}

fn state(messages: &[Publish], path: &str) -> State {
    State {
        fixture: Fixture::with_messages(messages).select(path),
        inspector: Inspector::default(),
    }
}

fn window(size: [f32; 2], state: State) -> Harness<'static, State> {
    Harness::builder()
        .with_size(size)
        .with_context_setup(|ctx| fixture::dress(ctx, Theme::Dark))
        .build_ui_state(
            |ui, state: &mut State| {
                egui::CentralPanel::default().show(ui, |ui| state.inspector.ui(ui, &state.fixture.context()));
            },
            state,
        )
}

fn picture(name: &str, path: &str, size: [f32; 2], scale: f32, theme: Theme, prepare: impl FnOnce(&mut State)) {
    let mut state = state(&campus(), path);
    prepare(&mut state);
    fixture::picture(&format!("inspector-{name}"), size, scale, theme, move |ui| {
        state.inspector.ui(ui, &state.fixture.context());
    });
}

#[test]
fn pictures() {
    use super::InspectorTab::{History, Properties, Subtree};
    let wide = [840.0, 527.0];
    picture("payload", NEWS, wide, 1.0, Theme::Dark, |_| {});
    picture("payload-light", NEWS, wide, 1.0, Theme::Light, |_| {});
    picture("narrow", NEWS, [424.0, 330.0], 2.0, Theme::Dark, |_| {});
    picture("history", NEWS, wide, 1.0, Theme::Dark, |state| state.inspector.tab = History);
    picture("history-narrow", NEWS, [424.0, 330.0], 1.0, Theme::Light, |state| state.inspector.tab = History);
    picture("properties", NEWS, wide, 1.0, Theme::Dark, |state| state.inspector.tab = Properties);
    picture("subtree", NEWS, wide, 1.0, Theme::Light, |state| state.inspector.tab = Subtree);
    picture("hex", "binary/camera/front", wide, 1.0, Theme::Dark, |_| {});
    picture("text", "log/line", wide, 1.0, Theme::Dark, |_| {});
    picture("empty", "status/raspberrypi/online", wide, 1.0, Theme::Dark, |_| {});
    picture("branch", "UM/campus", wide, 1.0, Theme::Dark, |_| {});
}
