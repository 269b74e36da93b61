//! What is known of retained messages, and what is not.

use super::*;
use crate::mqtt::TopicFilter;

/// A model with a subscription to everything that keeps the flag as published, or not.
fn model(keeps_flag: bool) -> Model {
    let mut model = Model::new(1 << 20);
    subscribe(&mut model, keeps_flag);
    model
}

fn subscribe(model: &mut Model, keeps_flag: bool) {
    model.count_by(&[Subscribed {
        filter: TopicFilter::new("#").unwrap(),
        mark: None,
        keeps_flag,
    }]);
}

fn truth(model: &Model) -> Truth {
    model.retained_truth(node(model, "a"))
}

/// `1`, `nothing`, `something` or `not known`, and `?` where there is a doubt.
fn said(model: &Model) -> String {
    let truth = truth(model);
    let held = match &truth.held {
        Held::NotKnown => "not known".to_owned(),
        Held::Nothing => "nothing".to_owned(),
        Held::Something => "something".to_owned(),
        Held::Message(kept) => String::from_utf8(kept.payload.to_vec()).unwrap(),
    };
    let doubt = if truth.doubt.is_some() { "?" } else { "" };
    format!("{held}{doubt}")
}

#[test]
fn a_live_message_leaves_the_retained_one_where_the_flag_is_kept() {
    let mut model = model(true);
    model.insert(&message("a", b"0"), at(0.0));
    assert_eq!(said(&model), "not known");
    model.insert(&retained("a", b"1"), at(1.0));
    assert_eq!(
        (said(&model), truth(&model).how),
        ("1".to_owned(), How::AsPublished)
    );
    for n in 0..5 {
        model.insert(&message("a", b"live"), at(2.0 + f64::from(n)));
    }
    assert_eq!(said(&model), "1");
    assert_eq!(truth(&model).at, at(1.0));
    // published without the flag, an empty message clears nothing
    model.insert(&message("a", b""), at(9.0));
    assert_eq!(said(&model), "1");
    assert!(model.facts(node(&model, "a"), at(9.0)).retained);
    model.insert(&retained("a", b"2"), at(10.0));
    model.insert(&message("a", b"live"), at(11.0));
    assert_eq!(said(&model), "2");
    model.insert(&retained("a", b""), at(12.0));
    assert_eq!(said(&model), "nothing");
    model.insert(&message("a", b"live"), at(13.0));
    assert_eq!(said(&model), "nothing");
    assert!(!model.facts(node(&model, "a"), at(13.0)).retained);
}

#[test]
fn a_live_message_leaves_a_doubt_where_the_flag_is_not_kept() {
    let mut model = model(false);
    model.insert(&retained("a", b"1"), at(1.0));
    assert_eq!(truth(&model).how, How::OnSubscribing);
    model.insert(&message("a", b"1"), at(2.0));
    assert_eq!(said(&model), "1", "the same value raises no doubt");
    model.insert(&message("a", b"2"), at(3.0));
    assert_eq!(said(&model), "1?");
    assert_eq!(truth(&model).doubt, Some(Doubt::MayBeReplaced(at(3.0))));
    model.insert(&message("a", b"1"), at(4.0));
    assert_eq!(said(&model), "1?", "2 may be retained");
    model.insert(&message("a", b""), at(5.0));
    assert_eq!(said(&model), "not known?");
}

#[test]
fn other_subscriptions_make_older_knowledge_doubtful() {
    let mut model = model(true);
    model.insert(&retained("a", b"1"), at(1.0));
    model.insert(&message("a", b"2"), at(2.0));
    subscribe(&mut model, false);
    assert_eq!(
        said(&model),
        "1?",
        "it cannot be told when the last message came"
    );
    model.insert(&message("a", b"3"), at(3.0));
    subscribe(&mut model, true);
    model.insert(&message("a", b"4"), at(4.0));
    assert_eq!(said(&model), "1?");
    model.insert(&retained("a", b"5"), at(5.0));
    model.insert(&message("a", b"6"), at(6.0));
    assert_eq!(said(&model), "5");
}

#[test]
fn the_flag_is_believed_when_the_broker_has_confirmed_to_keep_it() {
    let kept = |known: &[(&str, bool)], is_complete| FlagsKept {
        known: known
            .iter()
            .map(|(it, keeps)| (TopicFilter::new((*it).to_owned()).unwrap(), *keeps))
            .collect(),
        is_complete,
    };
    // what is held against it: other options, a filter that is being left, a session of an earlier run
    for before in [
        kept(&[("#", false)], true),
        kept(&[("#", true), ("a", false)], true),
        kept(&[], false),
    ] {
        let mut model = model(true);
        model.note_flags_kept(before);
        model.insert(&retained("a", b"1"), at(1.0));
        assert_eq!(truth(&model).how, How::OnSubscribing);
        model.insert(&message("a", b"live"), at(2.0));
        assert_eq!(said(&model), "1?");
        model.note_flags_kept(kept(&[("#", true)], true));
        assert_eq!(said(&model), "1?");
        model.insert(&retained("a", b"2"), at(3.0));
        model.insert(&message("a", b"live"), at(4.0));
        assert_eq!(said(&model), "2");
    }
}

#[test]
fn what_a_check_finds_counts_unless_something_newer_came() {
    let mut model = model(false);
    let topic = TopicName::new("a").unwrap();
    model.insert(&message("a", b"1"), at(1.0));
    let begun = (model.next_id(), at(2.0));
    model.note_checked(&topic, Some(&retained("a", b"old")), begun, at(3.0));
    assert_eq!(
        (said(&model), truth(&model).how),
        ("old".to_owned(), How::Checked)
    );
    assert!(model.facts(node(&model, "a"), at(3.0)).retained);
    assert_eq!(model.facts(node(&model, "a"), at(3.0)).own_messages, 1);
    model.note_checked(&topic, None, (model.next_id(), at(4.0)), at(5.0));
    assert_eq!(said(&model), "nothing");
    model.insert(&message("a", b"2"), at(6.0));
    assert_eq!(said(&model), "nothing?");
    let begun = (model.next_id(), at(7.0));
    model.insert(&retained("a", b"new"), at(8.0));
    model.note_checked(&topic, None, begun, at(9.0));
    assert_eq!(said(&model), "new");
    // a message that came while the broker was asked may be newer than its answer
    let begun = (model.next_id(), at(10.0));
    model.insert(&message("a", b"3"), at(11.0));
    model.note_checked(&topic, Some(&retained("a", b"new")), begun, at(12.0));
    assert_eq!(said(&model), "new?");
}

#[test]
fn what_this_client_publishes_is_known_until_the_broker_refuses_it() {
    let mut model = model(true);
    let topic = TopicName::new("a").unwrap();
    model.insert(&retained("a", b"1"), at(1.0));
    let before = model.note_published(&retained("a", b"2"), at(2.0));
    assert_eq!(
        (said(&model), truth(&model).how),
        ("2".to_owned(), How::Published)
    );
    model.restore_retained(&topic, before);
    assert_eq!(said(&model), "1");
    let before = model.note_published(&retained("a", b""), at(3.0));
    assert_eq!(said(&model), "nothing");
    assert!(!model.facts(node(&model, "a"), at(3.0)).retained);
    model.restore_retained(&topic, before);
    assert_eq!(said(&model), "1");
    model.note_published(&retained("a", b""), at(4.0));
    model.doubt_clearing(&topic);
    assert!(model.facts(node(&model, "a"), at(4.0)).retained);
    // the copy that comes back says the same
    model.note_published(&retained("a", b"4"), at(5.0));
    model.insert(&retained("a", b"4"), at(6.0));
    assert_eq!(
        (said(&model), truth(&model).how),
        ("4".to_owned(), How::AsPublished)
    );
}

#[test]
fn what_is_published_ahead_is_known_by_its_first_copy() {
    let mut model = model(false);
    model.note_published(&retained("a", b"1"), at(1.0));
    model.insert(&message("a", b"1"), at(2.0));
    assert_eq!(
        (said(&model), truth(&model).how),
        ("1".to_owned(), How::Published)
    );
    model.note_published(&retained("b", b"1"), at(1.0));
    model.insert(&message("b", b"2"), at(2.0));
    let held = model.retained_truth(node(&model, "b")).held;
    assert!(matches!(held, Held::Something));
}

#[test]
fn a_retained_message_stays_known_when_it_is_trimmed() {
    let mut model = model(true);
    let payload = vec![7_u8; 1000];
    model.insert(&retained("a", &payload), at(0.0));
    for n in 0..3000 {
        model.insert(&message("a", &[1; 1000]), at(f64::from(n)));
    }
    assert!(model.facts(node(&model, "a"), at(0.0)).trimmed > 0);
    let truth = truth(&model);
    let kept = truth.certain().unwrap();
    assert_eq!((kept.id, &kept.payload[..]), (None, &payload[..]));
    assert!(model.totals(at(0.0)).last_bytes >= 1000);
    model.insert(&retained("a", b"new"), at(0.0));
    assert!(model.totals(at(0.0)).last_bytes < 1000);
}

#[test]
fn a_retained_message_beyond_the_budget_stays_known_when_the_next_one_comes() {
    for keeps_flag in [true, false] {
        let mut model = Model::new(2000);
        subscribe(&mut model, keeps_flag);
        model.insert(&retained("a", b"1"), at(1.0));
        for n in 0..200 {
            model.insert(&message("b", b"live"), at(f64::from(n)));
        }
        assert_eq!(said(&model), "1");
        model.insert(&message("a", b"live"), at(201.0));
        assert_eq!(said(&model), if keeps_flag { "1" } else { "1?" });
        model.insert(&message("a", b"live"), at(202.0));
        assert_eq!(said(&model), if keeps_flag { "1" } else { "1?" });
    }
}

#[test]
fn a_clearing_that_nobody_confirmed_leaves_a_doubt() {
    let topic = TopicName::new("a").unwrap();
    let begin = || {
        let mut model = model(true);
        model.insert(&retained("a", b"1"), at(1.0));
        model
    };
    let unconfirmed = Some(Doubt::ClearingUnconfirmed(at(2.0)));
    let clear = |model: &mut Model| model.note_published(&retained("a", b""), at(2.0));

    let mut last = begin();
    let before = clear(&mut last);
    last.doubt_clearing(&topic);
    assert_eq!(
        (said(&last), truth(&last).doubt),
        ("1?".into(), unconfirmed)
    );
    last.insert(&message("a", b"live"), at(3.0));
    assert_eq!(truth(&last).doubt, unconfirmed);
    last.restore_retained(&topic, before);
    assert_eq!(said(&last), "1", "the broker refused to clear it");

    let mut deleted = begin();
    let id = deleted.last_message(node(&deleted, "a")).unwrap().id;
    assert!(deleted.delete_message(id));
    drop(clear(&mut deleted));
    deleted.doubt_clearing(&topic);
    assert_eq!(
        (said(&deleted), truth(&deleted).doubt),
        ("something?".into(), unconfirmed)
    );

    let mut older = begin();
    older.insert(&message("a", b"live"), at(1.5));
    drop(clear(&mut older));
    older.doubt_clearing(&topic);
    assert_eq!(said(&older), "something?");
    older.insert(&retained("a", b"2"), at(3.0));
    assert_eq!(said(&older), "2");

    // the broker has told that it is gone: nothing is doubtful any more
    let mut told = begin();
    drop(clear(&mut told));
    told.insert(&retained("a", b""), at(3.0));
    told.doubt_clearing(&topic);
    assert_eq!(said(&told), "nothing");
    assert!(!told.facts(node(&told, "a"), at(3.0)).retained);
}

#[test]
fn a_refusal_does_not_undo_what_the_broker_told_since() {
    let topic = TopicName::new("a").unwrap();
    let mut model = model(true);
    model.insert(&message("a", b"live"), at(1.0));
    let before = model.note_published(&retained("a", b"mine"), at(2.0));
    model.insert(&retained("a", b"other"), at(3.0));
    model.restore_retained(&topic, before);
    assert_eq!(said(&model), "other");
    assert!(model.facts(node(&model, "a"), at(4.0)).retained);
    assert_eq!(model.totals(at(4.0)).retained, 1);
}

#[test]
fn a_refusal_of_what_was_published_ahead_leaves_nothing() {
    for payload in [&b"mine"[..], b"live"] {
        let topic = TopicName::new("a").unwrap();
        let mut model = model(true);
        let before = model.note_published(&retained("a", b"mine"), at(1.0));
        model.insert(&message("a", payload), at(2.0));
        assert!(model.facts(node(&model, "a"), at(2.0)).retained);
        model.restore_retained(&topic, before);
        assert_eq!(said(&model), "not known");
        assert!(!model.facts(node(&model, "a"), at(2.0)).retained);
    }
    // only a branch when the refusal comes
    let topic = TopicName::new("a").unwrap();
    let mut model = model(true);
    let before = model.note_published(&retained("a", b"mine"), at(1.0));
    model.insert(&message("a/b", b"1"), at(2.0));
    model.restore_retained(&topic, before);
    model.insert(&message("a", b"mine"), at(3.0));
    assert_eq!(said(&model), "not known");
}

#[test]
fn a_deleted_message_is_still_retained() {
    let mut model = model(true);
    model.insert(&retained("a", b"1"), at(0.0));
    let last = model.last_message(node(&model, "a")).unwrap().id;
    assert!(model.delete_message(last));
    assert_eq!(said(&model), "1");
    model.insert(&message("a", b"live"), at(1.0));
    assert_eq!(said(&model), "1");
}

#[test]
fn sessions_and_interruptions_count() {
    let mut model = model(true);
    model.insert(&retained("a", b"1"), at(1.0));
    model.note_resumed(at(2.0));
    assert_eq!(truth(&model).doubt, Some(Doubt::Interrupted(at(2.0))));
    model.insert(&message("a", b"live"), at(3.0));
    assert_eq!(truth(&model).doubt, Some(Doubt::Interrupted(at(2.0))));
    model.insert(&retained("a", b"2"), at(4.0));
    assert_eq!(said(&model), "2");
    model.forget_retained();
    assert_eq!(said(&model), "not known");
    model.insert(&message("a", b"live"), at(5.0));
    assert_eq!(said(&model), "not known");
}

#[test]
fn only_what_is_certain_can_be_brought_back() {
    let mut model = model(false);
    for topic in ["a", "b/c", "$x", "b/d"] {
        model.insert(&retained(topic, b"1"), at(0.0));
    }
    model.insert(&message("b/d", b"2"), at(1.0));
    let mut cursor = RetainedCursor::new(Gather::All);
    while model.retained_step(&mut cursor, 1) {}
    let (items, left_out) = cursor.finish();
    let items: Vec<_> = items
        .iter()
        .map(|it| (it.topic.as_str(), it.kept.is_some()))
        .collect();
    assert_eq!(items, [("a", true), ("b/c", true), ("b/d", false)]);
    assert_eq!(left_out, 1);
    let mut below = RetainedCursor::new(Gather::Below(node(&model, "b")));
    while model.retained_step(&mut below, 1) {}
    assert_eq!(below.finish().0.len(), 2);
}

#[test]
fn the_filter_says_what_is_cleared() {
    let mut model = model(false);
    for topic in ["a/lamp", "a/door", "b/lamp", "$x/lamp"] {
        model.insert(&retained(topic, b"1"), at(0.0));
    }
    let found = search(&model, "lamp");
    drop(model.set_filter(Some(found)));
    let mut cursor = RetainedCursor::new(Gather::Found);
    while model.retained_step(&mut cursor, 1) {}
    let (items, left_out) = cursor.finish();
    let topics: Vec<_> = items.iter().map(|it| it.topic.as_str()).collect();
    assert_eq!((&topics[..], left_out), (&["a/lamp", "b/lamp"][..], 1));
}
