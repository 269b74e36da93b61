//! What the history keeps and trims, one scene each.

use super::*;

#[test]
fn the_last_message_stays_whole_beyond_the_budget() {
    let mut model = Model::new(10_000);
    let big = vec![7; 50_000];
    model.insert(&message("big", &big), at(0.0));
    for n in 0..1000 {
        model.insert(
            &message("small", format!("{n}").as_bytes()),
            at(f64::from(n)),
        );
    }
    assert_eq!(
        model
            .last_message(node(&model, "big"))
            .expect("kept")
            .payload,
        big
    );
    assert_eq!(model.history_len(node(&model, "big")), 1);
    let totals = model.totals(at(0.0));
    assert!(totals.history_bytes <= 10_000);
    let small = node(&model, "small");
    let kept = model.history_len(small);
    assert_eq!(totals.trimmed, 1000 - kept as u64);
    assert_eq!(model.facts(small, at(0.0)).trimmed, totals.trimmed);

    model.insert(&message("big", b"next"), at(9.0));
    assert_eq!(model.history_len(node(&model, "big")), 1);
    assert_eq!(model.facts(node(&model, "big"), at(0.0)).trimmed, 1);
    assert_eq!(model.totals(at(0.0)).last_bytes, 0);
}

#[test]
fn any_page_of_a_long_history() {
    let mut model = Model::new(1 << 30);
    for n in 0..50_000_u32 {
        model.insert(&message("a", &n.to_le_bytes()), at(f64::from(n)));
        model.insert(&message("b", b""), at(f64::from(n)));
    }
    let a = node(&model, "a");
    for first in [0, 1, 2, 3, 777, 25_000, 49_998, 49_999] {
        let mut page = Vec::new();
        model.history(a, first, 2, &mut page);
        assert_eq!(page.len(), 2.min(50_000 - first));
        let newest = u32::try_from(49_999 - first).expect("small");
        assert_eq!(page[0].payload, &newest.to_le_bytes()[..]);
        let expected = (newest > 0).then_some(std::time::Duration::from_secs(1));
        assert_eq!(page[0].since_previous, expected);
        assert_eq!(
            model.message(page[0].id).expect("kept").payload,
            page[0].payload
        );
    }
    let mut beyond = Vec::new();
    model.history(a, 50_000, 10, &mut beyond);
    assert!(beyond.is_empty());
}

#[test]
fn pages_reach_to_the_trimmed_end() {
    let mut model = Model::new(20_000);
    for n in 0..5000_u32 {
        model.insert(&message("a", &n.to_le_bytes()), at(f64::from(n)));
    }
    let a = node(&model, "a");
    let kept = model.history_len(a);
    for first in 0..=kept {
        let mut page = Vec::new();
        model.history(a, first, usize::MAX, &mut page);
        assert_eq!(page.len(), kept - first);
    }
}

#[test]
fn shrinking_the_budget_trims_at_once() {
    let mut model = Model::new(1 << 20);
    for _ in 0..100 {
        model.insert(&message("a", b"x"), at(0.0));
    }
    model.set_history_budget(0);
    assert_eq!(model.totals(at(0.0)).history_bytes, 0);
    assert!(!model.wanted().are_chores_wanted());
    assert_eq!(model.history_len(node(&model, "a")), 1);
    assert_eq!(
        model.last_message(node(&model, "a")).expect("kept").payload,
        "x"
    );
}

#[test]
fn very_many_messages_are_trimmed_in_slices() {
    let mut model = Model::new(1 << 30);
    for n in 0..10_000_u32 {
        model.insert(&message("a", &n.to_le_bytes()), at(0.0));
    }
    model.set_history_budget(0);
    assert!(model.totals(at(0.0)).history_bytes > 0);
    assert!(model.wanted().are_chores_wanted());
    do_chores(&mut model);
    assert_eq!(model.totals(at(0.0)).history_bytes, 0);
    assert_eq!(model.totals(at(0.0)).trimmed, 9_999);
    assert_eq!(model.history_len(node(&model, "a")), 1);
}
