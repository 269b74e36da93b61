//! The publish panel by accessible label, and pictures of it.

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use super::PublishPanel;
use crate::gui::action::Action;
use crate::gui::fixture::{self, Fixture};
use crate::mqtt::Qos;
use crate::profile::{PayloadKind, PublishDraft, PublishProperties, SavedPublish, Theme};

struct State {
    fixture: Fixture,
    panel: PublishPanel,
}

fn led_on() -> PublishDraft {
    PublishDraft {
        topic: "command/raspberrypi".to_owned(),
        qos: Qos::AtLeastOnce,
        payload: "{ \"led\": \"on\", \"at\": \"{{now}}\", \"seq\": {{seq}} }".to_owned(),
        properties: PublishProperties {
            message_expiry: Some(3_600),
            response_topic: "reply/ui".to_owned(),
            user: vec![("origin".to_owned(), "laptop".to_owned())],
            ..PublishProperties::default()
        },
        ..PublishDraft::default()
    }
}

fn saved_publishes() -> Vec<SavedPublish> {
    let saved = |name: &str, draft: PublishDraft| SavedPublish {
        name: name.to_owned(),
        draft,
    };
    let off = PublishDraft {
        payload: "{\"led\":\"off\"}".to_owned(),
        ..led_on()
    };
    vec![
        saved("LED on", led_on()),
        saved("LED off", off.clone()),
        saved("Campus news", PublishDraft { topic: "UM/campus/news".to_owned(), ..off.clone() }),
        saved("Open registration", PublishDraft { topic: "UM/dearborn".to_owned(), ..off }),
    ]
}

fn state(mut fixture: Fixture) -> State {
    for profile in &mut fixture.profiles {
        profile.saved_publishes = saved_publishes();
    }
    let mut panel = PublishPanel::default();
    panel.set_draft(led_on());
    State { fixture, panel }
}

fn window(size: [f32; 2], state: State) -> Harness<'static, State> {
    Harness::builder()
        .with_size(size)
        .with_context_setup(|ctx| fixture::dress(ctx, Theme::Dark))
        .build_ui_state(
            |ui, state: &mut State| {
                egui::CentralPanel::default().show(ui, |ui| state.panel.ui(ui, &state.fixture.context()));
            },
            state,
        )
}

fn published(state: &State) -> Vec<crate::client::Outgoing> {
    let actions = state.fixture.take_actions().into_iter();
    let message = |action| match action {
        Action::Publish(_, message) => Some(message),
        _ => None,
    };
    actions.filter_map(message).collect()
}

#[test]
fn pictures() {
    let sizes = [("wide", [840.0, 270.0], 1.0), ("middle", [600.0, 260.0], 1.0), ("narrow", [420.0, 240.0], 2.0)];
    for (name, size, scale) in sizes {
        for (theme_name, theme) in [("dark", Theme::Dark), ("light", Theme::Light)] {
            let mut state = state(Fixture::connected(&[]));
            let name = format!("publish-{name}-{theme_name}");
            fixture::picture(&name, size, scale, theme, move |ui| {
                state.panel.ui(ui, &state.fixture.context());
            });
        }
    }
}
