//! The examples of MQTT 5, 4.7 and 4.8, and a naive matcher to agree with.

use proptest::prelude::*;

use super::*;

fn matches(filter: &str, topic: &str) -> bool {
    TopicFilter::new(filter).unwrap().matches(topic)
}

/// MQTT 5, 4.7.1.2.
#[test]
fn multi_level_wildcard() {
    for topic in [
        "sport/tennis/player1",
        "sport/tennis/player1/ranking",
        "sport/tennis/player1/score/wimbledon",
    ] {
        assert!(matches("sport/tennis/player1/#", topic), "{topic}");
    }
    assert!(matches("sport/#", "sport"));
    assert!(!matches("sport/#", "sports"));
    assert!(matches("#", "a") && matches("#", "/") && matches("#", "a//b"));
    for filter in [
        "sport/tennis#",
        "sport/tennis/#/ranking",
        "##",
        "#/a",
        "a/#b",
    ] {
        assert_eq!(
            TopicFilter::new(filter),
            Err(FilterError::MultiLevel),
            "{filter}"
        );
    }
}

/// MQTT 5, 4.7.1.3.
#[test]
fn single_level_wildcard() {
    assert!(matches("sport/tennis/+", "sport/tennis/player1"));
    assert!(!matches("sport/tennis/+", "sport/tennis/player1/ranking"));
    assert!(!matches("sport/+", "sport"));
    assert!(matches("sport/+", "sport/"));
    assert!(matches("+/+", "/finance") && matches("/+", "/finance") && !matches("+", "/finance"));
    assert!(matches("+/tennis/#", "sport/tennis") && matches("sport/+/player1", "sport/x/player1"));
    for filter in ["sport+", "+a", "a/b+/c", "++"] {
        assert_eq!(
            TopicFilter::new(filter),
            Err(FilterError::SingleLevel),
            "{filter}"
        );
    }
}

/// MQTT 5, 4.7.2.
#[test]
fn topics_of_the_broker() {
    for filter in ["#", "+", "+/monitor/Clients", "+/#", "/#"] {
        assert!(!matches(filter, "$SYS/monitor/Clients"), "{filter}");
    }
    for filter in [
        "$SYS/#",
        "$SYS/monitor/+",
        "$SYS/+/Clients",
        "$SYS/monitor/Clients",
    ] {
        assert!(matches(filter, "$SYS/monitor/Clients"), "{filter}");
    }
    assert!(matches("a/+", "a/$b") && matches("a/#", "a/$b"));
    assert!(TopicName::new("$SYS/a").unwrap().is_reserved());
    assert!(!TopicName::new("a/$SYS").unwrap().is_reserved());
}

/// MQTT 5, 4.7.3: case and empty levels count.
#[test]
fn levels_are_compared_exactly() {
    assert!(!matches("ACCOUNTS", "Accounts") && !matches("/finance", "finance"));
    assert!(matches("Accounts payable", "Accounts payable"));
    assert!(matches("/a//b", "/a//b") && matches("/a/+/b", "/a//b") && matches("+/a/#", "/a//b"));
    assert!(!matches("a/b", "a/b/") && !matches("a/b/", "a/b"));
    let topic = TopicName::new("/a//b").unwrap();
    assert_eq!(topic.levels().collect::<Vec<_>>(), ["", "a", "", "b"]);
}

/// MQTT 5, 4.8.2.
#[test]
fn shared_subscriptions_match_by_their_filter() {
    assert!(matches("$share/consumer1/sport/tennis/+", "sport/tennis/a"));
    assert!(matches("$share/g//finance", "/finance") && !matches("$share/g/finance", "/finance"));
    assert!(matches("$share/g/#", "a") && !matches("$share/g/#", "$SYS/a"));
    assert!(matches("$share/g/$SYS/#", "$SYS/a"));
    for filter in [
        "$share/",
        "$share/g",
        "$share/g/",
        "$share//a",
        "$share/+/a",
        "$share/#/a",
        "$share/g+/a",
    ] {
        assert_eq!(
            TopicFilter::new(filter),
            Err(FilterError::Share),
            "{filter}"
        );
    }
    assert_eq!(
        TopicFilter::new("$share/g/a#"),
        Err(FilterError::MultiLevel)
    );
    assert!(matches("$share", "$share") && matches("$shared/+", "$shared/a"));
}

/// MQTT 5, 4.7.3 and 1.5.4.
#[test]
fn names_and_filters_have_limits() {
    let long = "é".repeat(32_767) + "x";
    assert!(TopicName::new(long.clone()).is_ok() && TopicFilter::new(long.clone()).is_ok());
    let longer = long + "x";
    assert_eq!(
        TopicName::new(longer.clone()),
        Err(TopicError::TooLong(65_536))
    );
    assert_eq!(TopicFilter::new(longer), Err(FilterError::TooLong(65_536)));
    assert_eq!(TopicName::new(""), Err(TopicError::Empty));
    assert_eq!(TopicFilter::new(""), Err(FilterError::Empty));
    assert_eq!(TopicName::new("a\0"), Err(TopicError::Null));
    assert_eq!(TopicFilter::new("a\0"), Err(FilterError::Null));
    assert_eq!(TopicName::new("a/+"), Err(TopicError::Wildcard('+')));
    assert_eq!(TopicName::new("a/#"), Err(TopicError::Wildcard('#')));
    let not_utf8 = bytes::Bytes::from_static(b"a\xff");
    assert_eq!(TopicName::from_bytes(not_utf8), Err(TopicError::NotUtf8));
}

#[test]
fn thousands_of_levels_are_fine() {
    let topic = "/".repeat(65_535);
    assert_eq!(
        TopicName::new(topic.clone()).unwrap().levels().count(),
        65_536
    );
    let filter = "+/".repeat(32_767) + "#";
    assert!(matches(&filter, &topic));
}

/// The rules of 4.7 as they are written, level by level.
fn naive(filter: &[&str], topic: &[&str]) -> bool {
    match (filter, topic) {
        (["#"], _) | ([], []) => true,
        (["+", filter @ ..], [_, topic @ ..]) => naive(filter, topic),
        ([wanted, filter @ ..], [level, topic @ ..]) => wanted == level && naive(filter, topic),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn agrees_with_the_naive_matcher(
        filter in proptest::collection::vec("[ab]{0,1}|\\$a|\\+|#", 1..6),
        topic in proptest::collection::vec("[ab]{0,1}|\\$a", 1..6),
    ) {
        let (text, topic_text) = (filter.join("/"), topic.join("/"));
        let filter: Vec<&str> = filter.iter().map(String::as_str).collect();
        let topic: Vec<&str> = topic.iter().map(String::as_str).collect();
        if let Ok(checked) = TopicFilter::new(text) {
            let is_hidden = topic[0].starts_with('$') && matches!(filter[0], "+" | "#");
            prop_assert_eq!(checked.matches(&topic_text), !is_hidden && naive(&filter, &topic));
        }
    }

    #[test]
    fn a_topic_matches_itself_and_its_parents(topic in "[a-z/é]{1,20}") {
        let name = TopicName::new(topic.clone()).unwrap();
        prop_assert!(matches(&topic, name.as_str()));
        for (at, _) in topic.match_indices('/') {
            let above = format!("{}/#", &topic[..at]);
            prop_assert!(matches(&above, name.as_str()));
        }
    }

    #[test]
    fn any_text_is_accepted_or_refused(text in ".{0,20}|[$share/+#\0g]{0,20}", topic in ".{0,20}") {
        let _read_or_refused = TopicName::new(text.clone()).is_ok();
        if let Ok(filter) = TopicFilter::new(text) {
            let _either_way = filter.matches(&topic);
        }
    }
}
