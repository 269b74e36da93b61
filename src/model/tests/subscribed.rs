//! Messages by subscription: a recount agrees, whatever is subscribed and left in between.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::mqtt::TopicFilter;

fn subscribed(filter: &str, mark: Option<u8>) -> Subscribed {
    let filter = TopicFilter::new(filter.to_owned()).expect("a filter");
    Subscribed {
        filter,
        mark,
        keeps_flag: false,
    }
}

fn plain(filters: &[&str]) -> Vec<Subscribed> {
    filters
        .iter()
        .map(|filter| subscribed(filter, None))
        .collect()
}

fn counts(model: &Model) -> Vec<(String, u64)> {
    let counts = model.subscription_counts(at(0.0));
    let pair = |it: SubscriptionCount| (it.filter.to_string(), it.messages);
    counts.into_iter().map(pair).collect()
}

fn insert(model: &mut Model, topic: &str) {
    model.insert(&message(topic, b"1"), at(0.0));
}

fn of(model: &Model, filter: &str) -> u64 {
    let counts = counts(model);
    let found = counts.iter().find(|(it, _)| it == filter);
    found.expect(filter).1
}

#[test]
fn overlapping_filters_count_the_same_message() {
    let mut model = Model::new(1 << 20);
    let filters = ["#", "a/+", "$share/g/a/#", "$SYS/#", "+/b"];
    model.count_by(&plain(&filters));
    for topic in ["a", "a/b", "a/b", "a/b/c", "$SYS/uptime", "x/b"] {
        insert(&mut model, topic);
    }
    let expected = [
        ("#", 5),
        ("a/+", 2),
        ("$share/g/a/#", 4),
        ("$SYS/#", 1),
        ("+/b", 3),
    ];
    let expected = expected.map(|(filter, count)| (filter.to_owned(), count));
    assert_eq!(counts(&model), expected);
}

#[test]
fn a_subscription_counts_from_when_it_is_there_and_goes_on_when_others_change() {
    let mut model = Model::new(1 << 20);
    model.count_by(&plain(&["a/#"]));
    insert(&mut model, "a/b");
    model.count_by(&plain(&["a/#", "#"]));
    insert(&mut model, "a/b");
    assert_eq!((of(&model, "a/#"), of(&model, "#")), (2, 1));
    model.count_by(&plain(&["a/#"]));
    insert(&mut model, "a/b");
    model.count_by(&plain(&["#", "a/#"]));
    insert(&mut model, "a/b");
    assert_eq!((of(&model, "a/#"), of(&model, "#")), (4, 1));
}

#[test]
fn a_rate_goes_on_when_the_subscriptions_change() {
    let mut model = Model::new(1 << 20);
    model.count_by(&plain(&["#"]));
    let mut now = 3.0;
    for step in 0..90 {
        if step % 10 == 0 {
            let others: Vec<String> = (0..step).map(|n| format!("x/{n}")).collect();
            let mut filters: Vec<&str> = others.iter().map(String::as_str).collect();
            filters.push("#");
            model.count_by(&plain(&filters));
        }
        now += 0.1;
        model.insert(&message("a", b"1"), at(now));
    }
    let counts = model.subscription_counts(at(now));
    let rate = counts
        .iter()
        .find(|it| it.filter.as_str() == "#")
        .expect("#")
        .rate;
    assert!((9.0..=11.0).contains(&rate), "{rate}");
}

#[test]
fn after_many_changes_every_message_still_counts() {
    let mut model = Model::new(1 << 20);
    let filters: Vec<String> = (0..11)
        .map(|bit| format!("{}+/#", "+/".repeat(bit)))
        .collect();
    let mut list = plain(&filters.iter().map(String::as_str).collect::<Vec<_>>());
    list.extend(plain(&["even/#"]));
    model.count_by(&list);
    for turn in 0..2 {
        for number in 0..512 {
            insert(&mut model, &format!("t/{number}"));
        }
        list.push(subscribed(&format!("t/{turn}"), None));
        // thousands of sets of the past are folded
        for number in 0..1100 {
            let one = subscribed(&format!("t/{number}"), None);
            list.truncate(13);
            list.push(one);
            model.count_by(&list);
            insert(&mut model, &format!("t/{number}"));
        }
    }
    assert_eq!(of(&model, &filters[0]), 2 * (512 + 1100));
    assert_eq!(of(&model, &filters[1]), 2 * (512 + 1100));
    assert_eq!(of(&model, &filters[3]), 0);
}

#[test]
fn subscriptions_change_while_50_000_topics_are_there() {
    let mut model = Model::new(1 << 20);
    model.count_by(&plain(&["#"]));
    let topics: Vec<String> = (0..50_000)
        .map(|n| format!("site/{}/{n}", n % 100))
        .collect();
    let all: Vec<_> = topics
        .iter()
        .map(|topic| (message(topic, b"1"), at(0.0)))
        .collect();
    model.insert_batch(&all);
    model.count_by(&plain(&["#", "site/7/#", "site/+/4711"]));
    model.insert_batch(&all[..25_000]);
    model.count_by(&plain(&["site/7/#", "#"]));
    model.insert_batch(&all);
    assert_eq!((of(&model, "#"), of(&model, "site/7/#")), (125_000, 750));
}

#[test]
fn rows_carry_the_mark_of_the_first_marked_subscription() {
    let mut model = with_topics(&["a/b", "a/c", "d"]);
    let marks = |model: &Model| {
        let rows = all_rows(model).into_iter();
        rows.map(|row| (model.path(row.node), row.mark))
            .collect::<BTreeMap<_, _>>()
    };
    assert!(marks(&model).values().all(Option::is_none));
    let list = [
        subscribed("#", None),
        subscribed("a/+", Some(3)),
        subscribed("a/b", Some(5)),
    ];
    let expected = [("a", None), ("a/b", Some(3)), ("a/c", Some(3)), ("d", None)];
    let expected = expected.map(|(path, mark)| (path.to_owned(), mark));
    model.count_by(&list);
    // before any message, and after
    assert!(marks(&model).into_iter().eq(expected.clone()));
    for topic in ["a/b", "a/c", "d"] {
        insert(&mut model, topic);
    }
    assert!(marks(&model).into_iter().eq(expected));
    // only the mark changes
    model.count_by(&[
        subscribed("#", Some(1)),
        subscribed("a/+", None),
        subscribed("a/b", Some(5)),
    ]);
    assert_eq!(marks(&model)["a/b"], Some(1));
    assert_eq!(of(&model, "a/+"), 2);
}

#[derive(Debug, Clone)]
enum Step {
    Messages(Vec<usize>),
    Subscriptions(Vec<usize>),
}

const TOPICS: [&str; 9] = [
    "a", "a/b", "a/b/c", "a//c", "/", "b/b", "$SYS/a", "$SYS", "a/c",
];
const FILTERS: [&str; 10] = [
    "#",
    "+",
    "a/#",
    "a/+",
    "+/b",
    "$SYS/#",
    "$share/g/+/+",
    "a/b",
    "/#",
    "+/+/c",
];

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => prop::collection::vec(0..TOPICS.len(), 1..40).prop_map(Step::Messages),
        1 => prop::sample::subsequence((0..FILTERS.len()).collect::<Vec<_>>(), 0..6)
            .prop_shuffle()
            .prop_map(Step::Subscriptions),
    ]
}

proptest! {
    #[test]
    fn counters_equal_a_recount(steps in prop::collection::vec(step(), 1..40)) {
        let mut model = Model::new(1 << 20);
        let mut recount: Vec<(TopicFilter, u64)> = Vec::new();
        for step in steps {
            match step {
                Step::Messages(topics) => {
                    let messages: Vec<_> = topics.iter().map(|&topic| (message(TOPICS[topic], b"1"), at(0.0))).collect();
                    model.insert_batch(&messages);
                    for (filter, count) in &mut recount {
                        *count += topics.iter().filter(|&&topic| filter.matches(TOPICS[topic])).count() as u64;
                    }
                }
                Step::Subscriptions(filters) => {
                    let list: Vec<_> = filters.iter().map(|&filter| subscribed(FILTERS[filter], None)).collect();
                    model.count_by(&list);
                    let before = std::mem::take(&mut recount);
                    recount = list.into_iter().map(|it| {
                        let known = before.iter().find(|(filter, _)| *filter == it.filter);
                        (it.filter, known.map_or(0, |(_, count)| *count))
                    }).collect();
                }
            }
            let expected: Vec<_> = recount.iter().map(|(filter, count)| (filter.to_string(), *count)).collect();
            prop_assert_eq!(counts(&model), expected);
        }
    }
}
