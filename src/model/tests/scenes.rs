//! One test for each promise of the model.

use super::*;

#[test]
fn counters_go_up_the_tree() {
    let mut model = Model::new(1 << 20);
    model.insert(&message("a/b", b"12345"), at(0.0));
    model.insert(&message("a/b/c", b"1"), at(1.0));
    model.insert(&message("a/b", b"12"), at(2.0));
    let facts = model.facts(node(&model, "a/b"), at(2.0));
    assert_eq!((facts.own_messages, facts.own_bytes), (2, 7));
    assert_eq!((facts.subtree_messages, facts.subtree_bytes), (3, 8));
    assert_eq!((facts.subtree_topics, facts.depth_below), (2, 1));
    assert_eq!(facts.first_seen, Some(at(0.0)));
    assert_eq!(facts.last_seen, Some(at(2.0)));
    let above = model.facts(node(&model, "a"), at(2.0));
    assert!(!above.is_topic);
    assert_eq!((above.own_messages, above.subtree_messages), (0, 3));
    assert_eq!((above.first_seen, above.depth_below), (None, 2));
    let below = model.facts(node(&model, "a/b/c"), at(2.0));
    assert_eq!((below.own_messages, below.subtree_messages), (1, 1));
}

#[test]
fn a_branch_that_becomes_a_topic_counts_its_own_from_then_on() {
    let mut model = with_topics(&["a/b", "a/c", "a/c"]);
    model.insert(&message("a", b"x"), at(0.0));
    let facts = model.facts(node(&model, "a"), at(0.0));
    assert_eq!((facts.own_messages, facts.subtree_messages), (1, 4));
    assert_eq!((facts.subtree_topics, facts.own_bytes), (3, 1));
}

#[test]
fn names_stand_in_natural_order_and_reserved_topics_last() {
    let model = with_topics(&["$SYS/broker/uptime", "s10", "s2", "/a//b", "S1"]);
    assert_eq!(
        outline(&model),
        ["", "  a", "    ", "S1", "s2", "s10", "$SYS"]
    );
}

#[test]
fn first_levels_open_by_themselves_and_the_user_decides_from_there() {
    let mut model = with_topics(&["a/b/c/d", "$SYS/x"]);
    assert_eq!(outline(&model), ["a", "  b", "    c", "$SYS"]);
    model.set_open(node(&model, "a/b/c"), true);
    assert_eq!(outline(&model), ["a", "  b", "    c", "      d", "$SYS"]);
    assert_eq!(model.row_of(node(&model, "a/b/c/d")), Some(3));
    model.set_open(node(&model, "a"), false);
    assert_eq!(outline(&model), ["a", "$SYS"]);
    assert_eq!(model.row_of(node(&model, "a/b/c/d")), None);
    model.set_open(node(&model, "a"), true);
    assert_eq!(model.row_count(), 5);
    model.set_open_below(None, false);
    model.insert(&message("z/y/x", b""), at(0.0));
    assert_eq!(outline(&model), ["a", "z", "$SYS"]);
    model.reveal(node(&model, "a/b/c/d"));
    assert_eq!(model.row_of(node(&model, "a/b/c/d")), Some(3));
}

#[test]
fn a_big_tree_does_not_open_by_itself() {
    let topics: Vec<String> = (0..200).map(|n| format!("t{n}/x")).collect();
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    let model = with_topics(&topics);
    assert!(model.is_open(node(&model, "t0")));
    assert!(!model.is_open(node(&model, "t199")));
}

#[test]
fn open_branches_survive_a_restart() {
    let mut model = with_topics(&["a/b/c/d/e", "f/g/h", "x/y/z"]);
    model.set_open_below(None, true);
    model.set_open_below(Some(node(&model, "x")), false);
    let paths = model.open_paths();
    assert_eq!(paths.len(), 6);

    let mut again = Model::new(0);
    again.insert(&message("f/g/h", b""), at(0.0));
    again.open_when_seen(paths);
    for topic in ["a/b/c/d/e", "x/y/z"] {
        again.insert(&message(topic, b""), at(0.0));
    }
    assert_eq!(outline(&again), outline(&model));
}

#[test]
fn a_row_says_what_its_branch_holds() {
    let mut model = with_topics(&["a/b", "a/c/d"]);
    model.insert(&retained("a/b", b"value"), at(3.0));
    let rows = all_rows(&model);
    assert_eq!((rows[0].topics, rows[0].children), (2, 2));
    assert_eq!((rows[0].messages, rows[0].newest), (3, Some(at(3.0))));
    assert_eq!((rows[0].open, rows[1].open), (Some(true), None));
    assert!(rows[0].last.is_none());
    let last = rows[1].last.as_ref().expect("a value");
    assert_eq!(last.payload, "value");
    assert!(last.retained);
}

#[test]
fn messages_first_follows_the_counters_once_a_second() {
    let mut model = with_topics(&["a", "b", "c", "$SYS/x"]);
    model.sort_by(SortBy::Messages);
    for _ in 0..3 {
        model.insert(&message("c", b""), at(0.1));
    }
    let mut insert = |topic: &str, seconds| {
        model.insert(&message(topic, b""), at(seconds));
        outline(&model)
    };
    assert_eq!(insert("b", 0.5)[0], "c");
    for _ in 0..9 {
        assert_eq!(insert("b", 0.9)[0], "c");
    }
    assert_eq!(insert("b", 1.2)[..2], ["b", "c"]);
    assert_eq!(insert("new", 1.3).last().map(String::as_str), Some("$SYS"));
}

#[test]
fn retained_state_is_known_for_certain() {
    let mut model = with_topics(&["a/live"]);
    let is_retained = |model: &Model, path: &str| model.facts(node(model, path), at(0.0)).retained;
    assert!(!is_retained(&model, "a/live"));
    model.insert(&retained("a/b", b"1"), at(0.0));
    model.insert(&message("a/b", b"2"), at(0.0));
    assert!(is_retained(&model, "a/b"), "a live message says nothing");
    model.insert(&retained("a/c", b"1"), at(0.0));
    model.insert(&message("a/c", b""), at(0.0));
    assert!(
        !is_retained(&model, "a/c"),
        "this is how a clearing arrives"
    );
    model.insert(&retained("a/d", b""), at(0.0));
    assert!(!is_retained(&model, "a/d"));

    model.note_published(&retained("a/e", b"1"), at(0.0));
    model.insert(&message("a/e", b"live"), at(0.0));
    assert!(is_retained(&model, "a/e"));
    assert_eq!(model.totals(at(0.0)).retained, 2);
    let names: Vec<String> = retained_below(&model, Some(node(&model, "a")))
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["a/b", "a/e"]);
    model.note_published(&retained("a/e", b""), at(0.0));
    assert_eq!(model.facts(node(&model, "a"), at(0.0)).subtree_retained, 1);
}

#[test]
fn a_new_session_forgets_what_was_retained() {
    let mut model = Model::new(1 << 20);
    for topic in ["a/b", "a/b/c", "d"] {
        let retained = Publish {
            retain: true,
            ..message(topic, b"x")
        };
        model.insert(&retained, at(0.0));
    }
    assert_eq!(model.totals(at(0.0)).retained, 3);
    model.forget_retained();
    assert_eq!(model.totals(at(0.0)).retained, 0);
    assert_eq!(retained_below(&model, None), []);
    let again = Publish {
        retain: true,
        ..message("a/b", b"x")
    };
    model.insert(&again, at(1.0));
    let a = node(&model, "a");
    assert_eq!(model.facts(a, at(1.0)).subtree_retained, 1);
}

#[test]
fn reserved_topics_are_left_alone_when_all_retained_ones_are_asked_for() {
    let mut model = Model::new(1 << 20);
    for topic in ["$SYS/x", "b", "a"] {
        model.insert(&retained(topic, b"1"), at(0.0));
    }
    let names: Vec<String> = retained_below(&model, None)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn a_batch_is_taken_in_as_one_by_one() {
    let topics = [
        "a/b", "a/c", "a/b/d", "a", "new/x", "a/b", "new", "$SYS/x", "a/b",
    ];
    let messages: Vec<(Publish, Timestamp)> = (0..1000_u32)
        .map(|n| {
            let topic = format!("{}{}", topics[n as usize % topics.len()], n % 7);
            let payload = b"x".repeat(n as usize % 100);
            (message(&topic, &payload), at(f64::from(n)))
        })
        .collect();
    let (mut one, mut many) = (Model::new(20_000), Model::new(20_000));
    for pause in [false, true, false] {
        one.set_paused(pause);
        many.set_paused(pause);
        for (message, at) in &messages {
            one.insert(message, *at);
        }
        messages
            .chunks(300)
            .for_each(|batch| many.insert_batch(batch));
    }
    assert_eq!(
        format!("{:?}", one.totals(at(1000.0))),
        format!("{:?}", many.totals(at(1000.0)))
    );
    for model in [&mut one, &mut many] {
        model.set_open_below(None, true);
        do_chores(model);
    }
    assert_eq!(
        format!("{:?}", all_rows(&one)),
        format!("{:?}", all_rows(&many))
    );
    for row in all_rows(&one) {
        let facts = |model: &Model| format!("{:?}", model.facts(row.node, at(1000.0)));
        assert_eq!(facts(&one), facts(&many));
        let history = |model: &Model| {
            let mut kept = Vec::new();
            model.history(row.node, 0, usize::MAX, &mut kept);
            format!("{kept:?}")
        };
        assert_eq!(history(&one), history(&many));
    }
}

#[test]
fn delivery_details_are_kept() {
    let mut model = Model::new(1 << 20);
    let properties = crate::mqtt::Properties {
        content_type: Some("text/plain".to_owned()),
        ..Default::default()
    };
    let sent = Publish {
        qos: Qos::ExactlyOnce,
        dup: true,
        packet_id: crate::mqtt::PacketId::new(9),
        properties: Some(Box::new(properties.clone())),
        ..retained("a", b"x")
    };
    model.insert(&sent, at(1.0));
    let kept = model.last_message(node(&model, "a")).expect("kept");
    assert_eq!(
        (kept.qos, kept.retain, kept.dup),
        (Qos::ExactlyOnce, true, true)
    );
    assert_eq!((kept.packet_id, kept.at), (Some(9), at(1.0)));
    assert_eq!(kept.properties.as_deref(), Some(&properties));
}

#[test]
fn the_filter_shows_matches_and_the_branches_above() {
    let mut model = with_topics(&["home/kitchen/temp", "home/bath/temp", "office/kitchen", "x"]);
    model.insert(&message("x", b"the Kitchen"), at(0.0));
    let found = search(&model, "kitchen");
    assert_eq!(found.len(), 3);
    model.set_filter(Some(found));
    assert_eq!(
        outline(&model),
        ["home", "  kitchen", "    temp", "office", "  kitchen", "x"]
    );
    let matches: Vec<bool> = all_rows(&model).iter().map(|row| row.is_match).collect();
    assert_eq!(matches, [false, true, true, false, true, true]);
    model.set_open(node(&model, "home"), false);
    assert_eq!(outline(&model), ["home", "office", "  kitchen", "x"]);
    assert_eq!(model.row_of(node(&model, "x")), Some(3));
    assert_eq!(model.row_of(node(&model, "home/kitchen")), None);
    assert_eq!(model.row_of(node(&model, "home/bath")), None);

    model.insert(&message("new/kitchen", b""), at(0.0));
    model.set_filter(Some(search(&model, "kitchen")));
    assert_eq!(
        outline(&model),
        ["home", "new", "  kitchen", "office", "  kitchen", "x"],
        "what was closed stays closed"
    );
    model.reveal(node(&model, "home/kitchen/temp"));
    assert_eq!(model.row_count(), 8);
    model.set_filter(None);
    assert_eq!(model.row_of(node(&model, "home/bath")), Some(1));
}

#[test]
fn a_filter_of_whole_levels_matches_topics() {
    let model = with_topics(&["a/b", "a/b/c", "a", "d/b", "$SYS/b"]);
    for (text, count) in [
        ("a/#", 3),
        ("#", 4),
        ("+/b", 2),
        ("$SYS/#", 1),
        ("a/+/c", 1),
        ("+", 1),
        ("a/+/+/#", 1),
        ("a/+/+/+/#", 0),
    ] {
        assert_eq!(search(&model, text).len(), count, "{text}");
    }
}

#[test]
fn a_piece_may_cross_levels() {
    let model = with_topics(&["home/Kitchen/temp", "home/kit/chen", "/x//y"]);
    for (text, count) in [
        ("chen/te", 1),
        ("e/k", 2),
        ("ome/kitchen/t", 1),
        ("//", 1),
        ("/x", 1),
        ("x/", 1),
        ("home/", 2),
        ("/home", 0),
    ] {
        assert_eq!(search(&model, text).len(), count, "{text}");
    }
}

#[test]
fn long_payloads_are_searched_to_the_end() {
    let mut model = with_topics(&["a", "b"]);
    let mut payload = vec![b' '; 100_000];
    payload.extend(b"Needle");
    model.insert(&message("b", &payload), at(0.0));
    assert_eq!(search(&model, "needle").len(), 1);
}

#[test]
fn a_pause_holds_rows_and_values_but_not_the_counting() {
    let mut model = with_topics(&["a/b", "a/c"]);
    let rows = |model: &Model| format!("{:?}", all_rows(model));
    let before = rows(&model);
    model.set_paused(true);
    for n in 0..10 {
        model.insert(&retained("a/b", b"new"), at(f64::from(n)));
        model.insert(&message("a/new/x", b"new"), at(f64::from(n)));
        model.insert(&message("other", b"new"), at(f64::from(n)));
    }
    model.note_published(&retained("a/c", b"1"), at(10.0));
    assert_eq!(rows(&model), before);
    assert_eq!(model.messages_since_pause(), Some(30));
    assert_eq!(model.totals(at(0.0)).messages, 32);
    assert_eq!(model.history_len(node(&model, "a/b")), 11);
    assert_eq!(model.row_of(node(&model, "other")), None);
    assert_eq!(
        search(&model, "new").len(),
        0,
        "nothing new shows in a pause"
    );
    model.set_paused(false);
    assert_eq!(model.messages_since_pause(), None);
    assert_eq!(
        outline(&model),
        ["a", "  b", "  c", "  new", "    x", "other"]
    );
    assert_eq!(all_rows(&model)[0].messages, 22);
}

#[test]
fn thousands_of_levels() {
    let topic = "/".repeat(65_535);
    let mut model = with_topics(&[&topic, "a"]);
    model.open_when_seen(vec!["b/c".to_owned()]);
    let deepest = node(&model, &topic);
    assert_eq!(model.depth(deepest), 65_535);
    assert_eq!(model.path(deepest), topic);
    model.set_open_below(None, true);
    do_chores(&mut model);
    assert_eq!(model.row_count(), 65_537);
    assert_eq!(model.row_of(deepest), Some(65_535));
    assert_eq!(model.node_at(65_535), Some(deepest));
    let mut rows = Vec::new();
    model.rows(65_530, 10, at(0.0), &mut rows);
    assert_eq!(rows.len(), 7);
    assert_eq!(rows[5].depth, 65_535);
    model.insert(&message(&topic, b"again"), at(0.0));
    assert_eq!(model.facts(node(&model, ""), at(0.0)).depth_below, 65_535);
    model.set_open_below(None, false);
    do_chores(&mut model);
    assert_eq!(model.row_count(), 2);
    model.reveal(deepest);
    assert_eq!(model.row_count(), 65_537);
    model.insert(&retained(&topic, b"again"), at(0.0));
    assert_eq!(retained_below(&model, None).len(), 1);
    model.set_filter(Some(search(&model, "again")));
    assert_eq!(model.row_count(), 65_536);
    assert_eq!(model.row_of(deepest), Some(65_535));
    assert_eq!(search(&model, &"/".repeat(100)).len(), 1);
}

#[test]
fn a_hundred_thousand_at_once_are_all_there() {
    let mut model = Model::new(1 << 30);
    for n in 0..100_000 {
        model.insert(&retained(&format!("fleet/{}/{}", n % 10, n), b"1"), at(0.0));
    }
    let totals = model.totals(at(0.0));
    assert_eq!((totals.topics, totals.retained), (100_000, 100_000));
    model.set_open_below(None, true);
    do_chores(&mut model);
    assert_eq!(model.row_count(), 100_011);
    let rows = all_rows(&model);
    assert_eq!(rows.len(), 100_011);
    for (row, shown) in rows.iter().enumerate().step_by(997) {
        assert_eq!(model.row_of(shown.node), Some(row));
    }
    do_chores(&mut model);
    let rows = all_rows(&model);
    assert_eq!(rows[2].name, "0");
    assert_eq!(rows[3].name, "10");
    assert_eq!(rows[10_001].name, "99990");
}

#[test]
fn new_siblings_go_straight_to_their_place_in_a_long_open_branch() {
    let mut model = with_topics(&["a/x"]);
    for n in 0..4000_u32 {
        let child = n.wrapping_mul(2_654_435_761) % 4000;
        model.insert(&message(&format!("a/{child}/y"), b""), at(0.0));
        if n % 7 == 0 {
            model.set_open(node(&model, &format!("a/{child}")), true);
        }
        if n % 501 == 0 {
            model.set_open(node(&model, "a"), false);
            model.set_open(node(&model, "a"), true);
        }
    }
    let rows = all_rows(&model);
    assert_eq!(rows.len(), model.row_count());
    assert!(
        matches!(model.next_chore(), Chore::Done),
        "all are in order"
    );
    let mut names: Vec<_> = rows
        .iter()
        .filter(|row| row.depth == 1)
        .map(|row| &row.name)
        .collect();
    assert_eq!(names.pop().map(|name| &**name), Some("x"));
    let numbers: Vec<u32> = names
        .iter()
        .map(|name| name.parse().expect("a number"))
        .collect();
    assert!(numbers.is_sorted());
    for (row, shown) in rows.iter().enumerate() {
        assert_eq!(model.row_of(shown.node), Some(row));
        assert_eq!(model.node_at(row), Some(shown.node));
    }
}

#[test]
fn the_filter_follows_the_chosen_order() {
    let mut model = with_topics(&["a/1", "a/2", "a/2", "$a/x"]);
    model.sort_by(SortBy::Messages);
    model.set_filter(Some(search(&model, "a/")));
    assert_eq!(outline(&model), ["a", "  2", "  1", "$a", "  x"]);
}

#[test]
fn a_first_look_has_names_only_and_the_rest_follows() {
    let mut model = with_topics(&["a/1", "b", "a/12", "c/1"]);
    let query = Query::new("1").expect("a query");
    let (mut cursor, mut order) = (SearchCursor::default(), RowOrder::default());
    assert!(model.search_step(&query, &mut cursor, 1));
    for _ in 0..2 {
        let first = cursor.matches(&mut order, 2, &|| true).expect("wanted");
        assert_eq!(first.len(), 2);
        model.set_filter(Some(first));
        assert_eq!(outline(&model), ["a", "  1", "  12"]);
        let all = cursor.matches(&mut order, usize::MAX, &|| true);
        assert_eq!(all.expect("wanted").len(), 3);
    }
    while model.search_step(&query, &mut cursor, 1) {}
    let all = cursor.matches(&mut order, usize::MAX, &|| true);
    assert_eq!(all.expect("wanted").len(), 4, "with the payloads");
    assert!(cursor.matches(&mut order, 1, &|| false).is_none());
}

#[test]
fn a_steady_stream_reads_its_rate() {
    let mut model = Model::new(1 << 20);
    for n in 0..100 {
        model.insert(&message("a/b", b"x"), at(f64::from(n) * 0.1));
    }
    let facts = model.facts(node(&model, "a"), at(9.95));
    assert!(
        (9.5..10.5).contains(&facts.subtree_rate),
        "{}",
        facts.subtree_rate
    );
    assert!(model.totals(at(16.0)).rate_in < 0.01);
}
