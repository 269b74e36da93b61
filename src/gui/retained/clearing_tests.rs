//! Clears and undos without a broker.

use super::*;
use crate::gui::fixture::{NOW, message};
use crate::model::RetainedItem;
use crate::mqtt::{Publish, ReasonCode};

use super::super::lot::Found;

fn item(topic: &str, payload: Option<&'static str>) -> RetainedItem {
    RetainedItem {
        topic: TopicName::new(topic.to_owned()).unwrap(),
        kept: payload.map(|payload| Kept {
            id: None,
            payload: payload.into(),
            qos: Qos::AtLeastOnce,
            properties: None,
        }),
        at: Timestamp::default(),
    }
}

/// As if the connection had taken everything.
fn send_all(clearing: &mut Clearing) -> Vec<PublishId> {
    let upcoming = clearing.upcoming(usize::MAX);
    let send = |next| {
        let id = PublishId(FIRST + clearing.last_publish + 1);
        clearing.sent(id, next);
        id
    };
    upcoming.into_iter().map(send).collect()
}

/// The same as [`Clearing::send`] does it: what is published, by what the model knows.
fn publish_all(clearing: &mut Clearing, model: &mut Model) -> Vec<Publish> {
    let upcoming = clearing.upcoming(usize::MAX);
    let steps = clearing.steps(&upcoming, model, NOW);
    let mut sent = Vec::new();
    for (next, step) in upcoming.into_iter().zip(steps) {
        let Step::Publish(outgoing) = step else {
            clearing.leave(next, &step);
            continue;
        };
        let id = PublishId(FIRST + clearing.last_publish + 1);
        clearing.sent(id, next);
        let publish = retained(outgoing.topic.as_str(), outgoing.payload);
        model.note_published(&publish, NOW);
        clearing.take(id, &PublishStep::Done(ReasonCode::SUCCESS), false);
        sent.push(publish);
    }
    sent
}

fn retained(topic: &str, payload: impl Into<Bytes>) -> Publish {
    Publish {
        retain: true,
        ..message(topic, payload)
    }
}

fn lot(items: Vec<RetainedItem>) -> Lot {
    Lot::all(Arc::new(Found::new(items)))
}

#[test]
fn an_undo_brings_back_what_was_retained_when_it_was_cleared_and_nothing_newer() {
    let mut model = Model::new(1 << 20);
    let names = ["a", "b", "c", "d"];
    for name in names {
        model.insert(&retained(name, "found"), NOW);
    }
    let items = names.map(|name| model.retained_at(TopicName::new(name.to_owned()).unwrap()));
    // while the question is open
    model.insert(&retained("b", "later"), NOW);
    model.insert(&retained("d", ""), NOW);
    let mut clearing = Clearing::default();
    let run = clearing.clear(lot(items.to_vec()), NOW);
    assert_eq!(publish_all(&mut clearing, &mut model).len(), 4);
    assert_eq!(clearing.next_finished().unwrap().can_restore(), 3);
    // after it was cleared
    model.insert(&retained("c", "newer"), NOW);
    clearing.undo(run, NOW).unwrap();
    let sent = publish_all(&mut clearing, &mut model);
    let sent: Vec<_> = sent
        .iter()
        .map(|it| (it.topic.as_str(), &it.payload[..]))
        .collect();
    assert_eq!(sent, [("a", &b"found"[..]), ("b", &b"later"[..])]);
    let undo = clearing.next_finished().unwrap();
    assert_eq!((undo.total(), undo.done(), undo.newer()), (3, 2, 1));
}

#[test]
fn what_is_sent_again_keeps_what_was_there_before_the_first_time() {
    let mut model = Model::new(1 << 20);
    model.insert(&retained("a", "found"), NOW);
    let item = model.retained_at(TopicName::new("a".to_owned()).unwrap());
    let mut clearing = Clearing::default();
    let run = clearing.clear(lot(vec![item]), NOW);
    let upcoming = clearing.upcoming(1);
    clearing.steps(&upcoming, &model, NOW);
    clearing.sent(PublishId(FIRST + 1), upcoming[0]);
    model.note_published(&retained("a", ""), NOW);
    let failed = PublishStep::Failed("gone".to_owned());
    clearing.take(PublishId(FIRST + 1), &failed, true);
    assert_eq!(publish_all(&mut clearing, &mut model).len(), 1);
    assert_eq!(clearing.next_finished().unwrap().can_restore(), 1);
    clearing.undo(run, NOW).unwrap();
    assert_eq!(publish_all(&mut clearing, &mut model)[0].payload, "found");
}

#[test]
fn a_run_counts_what_became_of_each_and_undoes_what_it_did() {
    let mut clearing = Clearing::default();
    let items = vec![
        item("a", Some("1")),
        item("b", Some("2")),
        item("c", None),
        item("d", Some("4")),
    ];
    let run = clearing.clear(lot(items), Timestamp::default());
    let sent = send_all(&mut clearing);
    let done = PublishStep::Done(ReasonCode::SUCCESS);
    assert_eq!(clearing.take(sent[0], &PublishStep::Sent, false), None);
    assert_eq!(clearing.left(), 4);
    clearing.take(sent[0], &done, false);
    clearing.take(sent[2], &done, false);
    clearing.take(
        sent[1],
        &PublishStep::Refused(ReasonCode(0x87), None),
        false,
    );
    assert!(clearing.next_finished().is_none());
    let failed = PublishStep::Failed("gone".to_owned());
    let topic = clearing.take(sent[3], &failed, false).unwrap();
    assert_eq!(topic.as_str(), "d");
    let it = clearing.next_finished().unwrap();
    assert_eq!((it.done(), it.refused_count(), it.can_restore()), (2, 2, 1));
    assert_eq!(it.refused[0].0.as_str(), "b");
    assert!(clearing.next_finished().is_none(), "told once");
    let undo = clearing.undo(run, Timestamp::default()).unwrap();
    assert!(clearing.undo(run, Timestamp::default()).is_none());
    assert_eq!(clearing.upcoming(9).len(), 1);
    assert_eq!(clearing.run_mut(undo).unwrap().total(), 1);
    let sent = publish_all(&mut clearing, &mut Model::new(1 << 20));
    assert_eq!(
        (sent[0].topic.as_str(), &sent[0].payload[..]),
        ("a", &b"1"[..])
    );
}

#[test]
fn a_stopped_run_leaves_the_rest_out() {
    let mut clearing = Clearing::default();
    let items = (0..10).map(|n| item(&n.to_string(), None)).collect();
    let run = clearing.clear(lot(items), Timestamp::default());
    clearing.stop(run);
    let it = clearing.next_finished().unwrap();
    assert_eq!((it.left_out(), it.can_restore()), (10, 0));
    assert_eq!(clearing.left(), 0);
}

#[test]
fn what_has_expired_is_not_brought_back() {
    let properties = Properties {
        message_expiry: Some(60),
        subscription_ids: vec![7],
        topic_alias: Some(3),
        content_type: Some("text/plain".to_owned()),
        ..Properties::default()
    };
    let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
    let left = to_publish(&properties, at(0), at(20)).unwrap();
    assert_eq!(left.message_expiry, Some(40));
    assert!(left.subscription_ids.is_empty() && left.topic_alias.is_none());
    assert_eq!(left.content_type.as_deref(), Some("text/plain"));
    assert!(to_publish(&properties, at(0), at(60)).is_none());
}
