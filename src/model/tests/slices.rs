//! Work that is done in slices: at its end all is as if it had been done at once, whatever came in between.

use super::*;

#[test]
fn very_many_branches_open_and_close_in_slices() {
    let mut model = Model::new(0);
    for n in 0..5000 {
        model.insert(&message(&format!("a/{n}/x"), b""), at(0.0));
    }
    for branch in [None, model.find("a")] {
        model.set_open_below(branch, true);
        assert!(model.wanted().are_chores_wanted());
        do_chores(&mut model);
        assert_eq!(model.row_count(), 10_001);
        assert_eq!(outline(&model)[9_999..], ["  4999", "    x"]);
        model.sort_by(SortBy::Messages);
        do_chores(&mut model);
        model.sort_by(SortBy::Name);
        do_chores(&mut model);
        assert_eq!(outline(&model)[9_999..], ["  4999", "    x"]);
        model.set_open_below(branch, false);
        do_chores(&mut model);
        assert_eq!(model.row_count(), 1);
        model.set_open(node(&model, "a"), true);
        assert_eq!(model.row_count(), 5001);
    }
}

/// Rows in the order of the tree, each found again by its node.
fn check_rows_of(model: &Model) {
    let rows = all_rows(model);
    assert_eq!(model.row_count(), rows.len());
    for (row, shown) in rows.iter().enumerate() {
        assert_eq!(model.row_of(shown.node), Some(row));
    }
}

#[test]
fn what_is_below_turns_in_slices_while_messages_come_in() {
    let mut model = with_topics(&["other/x/y"]);
    let topic = |n: u32| format!("a/{}/{}/{n}", n % 40, n % 900);
    for n in 0..6000 {
        model.insert(&message(&topic(n), b""), at(0.0));
    }
    for open in [true, false] {
        let top = node(&model, "a");
        model.set_open_below(Some(top), open);
        assert_eq!(model.is_open(top), open, "the branch itself turns at once");
        assert!(model.wanted().are_chores_wanted());
        let other = node(&model, "other/x");
        let mut n = if open { 6000 } else { 7000 };
        while !matches!(model.next_chore(), Chore::Done) {
            // topics beside those that are being turned, and below them
            model.insert(&message(&topic(n), b""), at(0.0));
            model.insert(&message(&format!("other/x/{n}"), b""), at(0.0));
            model.set_open(other, n % 2 == 0);
            n += 1;
            check_rows_of(&model);
        }
        for n in 0..6000 {
            let path = topic(n);
            let above = path.rsplit_once('/').map_or("", |(above, _)| above);
            assert_eq!(model.is_open(node(&model, above)), open, "{above}");
        }
        check_rows_of(&model);
    }
}

#[test]
fn the_last_wish_about_a_whole_branch_wins() {
    let mut model = Model::new(0);
    for n in 0..5000 {
        model.insert(&message(&format!("a/b/{n}/x"), b""), at(0.0));
    }
    model.set_open_below(model.find("a/b"), true);
    model.next_chore();
    model.set_open_below(model.find("a"), false);
    do_chores(&mut model);
    assert_eq!(outline(&model), ["a"]);
    model.set_open_below(model.find("a"), true);
    model.next_chore();
    model.set_open_below(model.find("a/b"), false);
    do_chores(&mut model);
    assert_eq!(outline(&model), ["a", "  b"]);
    model.set_open(node(&model, "a/b"), true);
    assert_eq!(model.row_count(), 5002);
}
