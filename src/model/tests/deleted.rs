//! Deleting out of the history, and all messages below a branch.

use proptest::prelude::*;

use super::*;

fn payloads(model: &Model, topic: &str) -> Vec<Bytes> {
    let mut all = Vec::new();
    model.history(node(model, topic), 0, 1000, &mut all);
    all.into_iter().map(|message| message.payload).collect()
}

fn ids(model: &Model, topic: &str) -> Vec<MessageId> {
    let mut all = Vec::new();
    model.history(node(model, topic), 0, 1000, &mut all);
    all.into_iter().map(|message| message.id).collect()
}

#[test]
fn what_is_deleted_no_longer_shows_and_frees_the_budget() {
    let mut model = Model::new(1 << 30);
    for n in 0..4_u8 {
        model.insert(&message("a", &vec![n; 2000]), at(f64::from(n)));
    }
    let all = ids(&model, "a");
    let before = model.totals(at(0.0)).history_bytes;
    assert!(model.delete_message(all[1]));
    assert!(!model.delete_message(all[1]));
    assert!(before - model.totals(at(0.0)).history_bytes >= 2000);
    assert!(model.message(all[1]).is_none());
    assert_eq!(
        payloads(&model, "a"),
        [vec![3; 2000], vec![1; 2000], vec![0; 2000]]
    );
    let facts = model.facts(node(&model, "a"), at(9.0));
    assert_eq!(
        (facts.own_messages, facts.deleted, facts.trimmed),
        (4, 1, 0)
    );
    assert_eq!(model.history_len(node(&model, "a")), 3);
    assert_eq!(model.totals(at(0.0)).deleted, 1);
    assert_eq!(model.message_before(all[0]).unwrap().id, all[2]);
    assert_eq!(model.newer_messages(node(&model, "a"), all[3]), 2);
    // the newest is deleted: the value is that of the one before
    assert!(model.delete_message(all[0]));
    assert_eq!(model.last_message(node(&model, "a")).unwrap().id, all[2]);
    let row = &all_rows(&model)[0];
    assert_eq!(row.last.as_ref().unwrap().payload, vec![1; 2000]);
    model.insert(&message("a", b"new"), at(9.0));
    assert_eq!(payloads(&model, "a")[0], &b"new"[..]);
    assert_eq!(model.history_len(node(&model, "a")), 3);
}

#[test]
fn a_topic_without_messages_left_has_no_value() {
    let mut model = with_topics(&["a", "a/b"]);
    let only = ids(&model, "a");
    assert!(model.delete_message(only[0]));
    assert!(model.last_message(node(&model, "a")).is_none());
    assert!(payloads(&model, "a").is_empty());
    assert!(all_rows(&model)[0].last.is_none());
    assert_eq!(model.facts(node(&model, "a"), at(0.0)).own_messages, 1);
}

fn below(model: &Model, top: &str, step: u64) -> Vec<u64> {
    let mut cursor = model.below(node(model, top));
    let mut found = Vec::new();
    while model.below_back(&mut cursor, step, |id, _| found.push(id.0)) {}
    found
}

#[test]
fn a_branch_is_one_stream() {
    let mut model = Model::new(1 << 30);
    for topic in ["x/a", "y", "x", "x/b/c", "xy", "x/a"] {
        model.insert(&message(topic, b"1"), at(0.0));
    }
    for step in [1, 2, 100] {
        assert_eq!(below(&model, "x", step), [5, 3, 2, 0]);
        assert_eq!(below(&model, "x/b", step), [3]);
    }
    let mut cursor = model.below(node(&model, "x"));
    model.insert(&message("y/new", b"1"), at(0.0));
    model.insert(&message("x/new", b"1"), at(0.0));
    let mut found = Vec::new();
    assert_eq!(cursor.behind(&model), 2);
    while model.below_forward(&mut cursor, 1, |id, topic| found.push((id, topic))) {}
    assert_eq!(found, [(MessageId(7), node(&model, "x/new"))]);
    assert!(model.delete_message(MessageId(7)));
    assert_eq!(below(&model, "x", 100), [5, 3, 2, 0]);
}

proptest! {
    #[test]
    fn counts_stay_right_whatever_is_deleted_and_trimmed(
        steps in proptest::collection::vec((0_u8..3, 0_usize..30, 0_usize..900), 1..120),
        budget in 500_u64..20_000,
    ) {
        let mut model = Model::new(budget);
        model.insert(&message("a", b""), at(0.0));
        model.insert(&message("b", b""), at(0.0));
        for (what, which, size) in steps {
            let topic = if which % 2 == 0 { "a" } else { "b" };
            if what < 2 {
                model.insert(&message(topic, &vec![7; size]), at(1.0));
            } else if let Some(&id) = ids(&model, topic).get(which) {
                prop_assert!(model.delete_message(id));
            }
            for topic in ["a", "b"] {
                let it = node(&model, topic);
                let (all, facts) = (ids(&model, topic), model.facts(it, at(1.0)));
                prop_assert_eq!(all.len(), model.history_len(it));
                prop_assert_eq!(facts.own_messages, facts.trimmed + facts.deleted + all.len() as u64);
                prop_assert_eq!(model.last_message(it).map(|last| last.id), all.first().copied());
                for (row, &id) in all.iter().enumerate() {
                    prop_assert_eq!(model.newer_messages(it, id), row);
                }
            }
            let totals = model.totals(at(1.0));
            let facts = ["a", "b"].map(|topic| model.facts(node(&model, topic), at(1.0)));
            prop_assert_eq!(totals.trimmed, facts.iter().map(|it| it.trimmed).sum::<u64>());
            prop_assert_eq!(totals.deleted, facts.iter().map(|it| it.deleted).sum::<u64>());
        }
        // a larger budget gives nothing back, a smaller one takes: what was counted is what is freed
        model.set_history_budget(0);
        prop_assert_eq!(model.totals(at(1.0)).history_bytes, 0);
    }
}
