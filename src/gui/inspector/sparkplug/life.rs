//! Whether an edge node and its device are there, by the births and deaths that came (Sparkplug 3.0, 6.4.19 to 6.4.23).

use egui::Color32;

use super::super::super::context::Context;
use super::super::super::theme::Palette;
use crate::model::{Message, MessageId, Model};
use crate::mqtt::Timestamp;
use crate::payload::format::{clock_seconds, date_clock};
use crate::payload::sparkplug::{Kind, Topic, host_state, session_number};

/// The newest births and deaths of an edge node and its device, and the state of a host application.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    node_birth: Option<Message>,
    node_death: Option<Message>,
    device_birth: Option<Message>,
    device_death: Option<Message>,
    state: Option<Message>,
}

impl PartialEq for Signs {
    fn eq(&self, other: &Self) -> bool {
        self.ids() == other.ids()
    }
}

impl Signs {
    /// Copies them from the model; cheap enough for a frame.
    pub fn look(model: &Model, topic: &str) -> Self {
        let Some(parsed) = Topic::parse(topic) else {
            return Self::default();
        };
        let last = |topic: &str| model.last_message(model.find(topic)?);
        if parsed.kind == Kind::State {
            return Self {
                state: last(topic),
                ..Self::default()
            };
        }
        let of_device = |kind| parsed.device.and_then(|_| last(&parsed.sibling(kind)));
        Self {
            node_birth: last(&parsed.sibling(Kind::NBirth)),
            node_death: last(&parsed.sibling(Kind::NDeath)),
            device_birth: of_device(Kind::DBirth),
            device_death: of_device(Kind::DDeath),
            state: None,
        }
    }

    fn ids(&self) -> [Option<MessageId>; 5] {
        let all = [
            &self.node_birth,
            &self.node_death,
            &self.device_birth,
            &self.device_death,
            &self.state,
        ];
        all.map(|message| message.as_ref().map(|message| message.id))
    }

    /// What they mean. Reads payloads: not for a frame.
    pub fn life(&self) -> Life {
        if let Some(state) = &self.state {
            let host = host_state(&state.payload);
            let since = host.and_then(|(_, at)| at).and_then(from_millis);
            return Life {
                host: host.map(|(is_online, _)| (is_online, since.unwrap_or(state.at))),
                ..Life::default()
            };
        }
        let node = self.node();
        Life {
            node,
            device: self.device(node),
            session: self
                .node_birth
                .as_ref()
                .and_then(|it| session_number(&it.payload)),
            host: None,
        }
    }

    /// A death counts when it belongs to the session of the birth; that of an older session may come late.
    fn node(&self) -> State {
        match (&self.node_birth, &self.node_death) {
            (None, None) => State::Unknown,
            (None, Some(death)) => State::Dead(death.at),
            (Some(birth), None) => State::Online(birth.at),
            (Some(birth), Some(death)) => {
                let (born, died) = (
                    session_number(&birth.payload),
                    session_number(&death.payload),
                );
                let is_its_own = born.is_none() || died.is_none() || born == died;
                if death.id > birth.id && is_its_own {
                    State::Dead(death.at)
                } else {
                    State::Online(birth.at)
                }
            }
        }
    }

    fn device(&self, node: State) -> State {
        if let State::Dead(at) = node {
            return State::Dead(at);
        }
        match (&self.device_birth, &self.device_death) {
            (None, None) => State::Unknown,
            (None, Some(death)) => State::Dead(death.at),
            (Some(birth), Some(death)) if death.id > birth.id => State::Dead(death.at),
            (Some(birth), _) => {
                let node_birth = self.node_birth.as_ref();
                // a birth of its edge node ends what was before: the device has to be born again
                match node_birth.filter(|node| node.id > birth.id) {
                    Some(node) => State::NotBorn(node.at),
                    None => State::Online(birth.at),
                }
            }
        }
    }
}

/// Whether something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// Neither birth nor death was seen.
    #[default]
    Unknown,
    /// Since this birth.
    Online(Timestamp),
    /// Since this death.
    Dead(Timestamp),
    /// Its edge node was born again at this time, and it was not since.
    NotBorn(Timestamp),
}

/// What is known about edge node, device or host application.
#[derive(Debug, Clone, Copy, Default)]
pub struct Life {
    node: State,
    device: State,
    /// Number of the edge node's session.
    session: Option<u64>,
    /// Whether the host application is online, and since when.
    host: Option<(bool, Timestamp)>,
}

/// What a line says about one of them.
#[derive(Debug, Clone)]
pub struct Words {
    /// In a few words.
    pub text: String,
    /// The rest, in the hover.
    pub more: String,
    state: State,
}

impl Words {
    /// The colour of its dot.
    pub fn color(&self, palette: &Palette) -> Color32 {
        match self.state {
            State::Unknown => palette.faint,
            State::Online(_) => palette.accent,
            State::Dead(_) => palette.red,
            State::NotBorn(_) => palette.amber,
        }
    }
}

impl Life {
    /// What to say about what the topic names.
    pub fn words(&self, topic: &Topic<'_>, context: &Context<'_>) -> Vec<Words> {
        if topic.kind == Kind::State {
            let state = match self.host {
                Some((true, at)) => State::Online(at),
                Some((false, at)) => State::Dead(at),
                None => State::Unknown,
            };
            let mut words = words("Host", topic.node, state, context);
            words.text = words.text.replace(" dead since", " offline since");
            return vec![words];
        }
        let mut node = words("Node", topic.node, self.node, context);
        if let Some(session) = self.session {
            node.more.extend([format!(", bdSeq {session}")]);
        }
        let device = topic
            .device
            .map(|it| words("Device", it, self.device, context));
        [Some(node), device].into_iter().flatten().collect()
    }
}

fn words(what: &str, name: &str, state: State, context: &Context<'_>) -> Words {
    let clock = |at| clock_seconds(at, context.zone);
    let whole = |at| date_clock(at, context.zone);
    let (text, more) = match state {
        State::Unknown => (
            "no birth seen".to_owned(),
            "neither birth nor death came".to_owned(),
        ),
        State::Online(at) => (format!("online since {}", clock(at)), whole(at)),
        State::Dead(at) => (format!("dead since {}", clock(at)), whole(at)),
        State::NotBorn(at) => (
            "not born again".to_owned(),
            format!(
                "its edge node was born again at {}, the device was not",
                whole(at)
            ),
        ),
    };
    Words {
        text: format!("{what} {name} {text}"),
        more: format!("{what} {name}: {more}"),
        state,
    }
}

fn from_millis(millis: u64) -> Option<Timestamp> {
    let micros = i64::try_from(millis).ok()?.checked_mul(1_000)?;
    Some(Timestamp::from_micros(micros))
}

#[cfg(test)]
mod tests {
    use super::super::super::super::fixture::message;
    use super::*;

    const DATA: &str = "spBv1.0/G/DDATA/N/D";

    /// A payload with `bdSeq`, type Int64.
    fn with_session(number: u8) -> Vec<u8> {
        let mut metric = vec![0x0a, 5];
        metric.extend(b"bdSeq");
        metric.extend([0x20, 4, 0x58, number]);
        let mut payload = vec![0x12, u8::try_from(metric.len()).unwrap()];
        payload.extend(metric);
        payload
    }

    fn life(messages: &[(&str, Vec<u8>)]) -> Life {
        let mut model = Model::new(1 << 20);
        for (second, (topic, payload)) in (1..).zip(messages) {
            let at = Timestamp::from_micros(second * 1_000_000);
            model.insert(&message(topic, payload.clone()), at);
        }
        Signs::look(&model, DATA).life()
    }

    const fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn deaths_count_when_they_belong_to_the_session() {
        let birth = |session| ("spBv1.0/G/NBIRTH/N", with_session(session));
        let death = |session| ("spBv1.0/G/NDEATH/N", with_session(session));
        assert_eq!(life(&[]).node, State::Unknown);
        assert_eq!(life(&[birth(1)]).node, State::Online(at(1)));
        assert_eq!(life(&[birth(1), death(1)]).node, State::Dead(at(2)));
        assert_eq!(
            life(&[birth(1), death(1), birth(2)]).node,
            State::Online(at(3))
        );
        assert_eq!(life(&[birth(2), death(1)]).node, State::Online(at(1)));
        assert_eq!(life(&[birth(7)]).session, Some(7));
    }

    #[test]
    fn a_device_dies_with_its_node_and_is_born_after_it() {
        let node = ("spBv1.0/G/NBIRTH/N", with_session(1));
        let gone = ("spBv1.0/G/NDEATH/N", with_session(1));
        let device = ("spBv1.0/G/DBIRTH/N/D", Vec::from(b"\x18\x01"));
        let lost = ("spBv1.0/G/DDEATH/N/D", Vec::from(b"\x18\x02"));
        let all = [node.clone(), device.clone()];
        assert_eq!(life(&all).device, State::Online(at(2)));
        assert_eq!(
            life(&[node.clone(), device.clone(), lost]).device,
            State::Dead(at(3))
        );
        assert_eq!(
            life(&[node.clone(), device.clone(), gone]).device,
            State::Dead(at(3))
        );
        assert_eq!(
            life(&[node.clone(), device, node]).device,
            State::NotBorn(at(3))
        );
    }
}
