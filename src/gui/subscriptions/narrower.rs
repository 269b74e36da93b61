//! What to subscribe to instead of a filter that the broker refused.

use crate::profile::Profile;

use super::limits::{join_shared, split_shared};

/// Suggestions that are shown.
const MOST: usize = 5;

/// Narrower filters than `refused` that may be allowed, likely ones first: by the user's own name and by the topics that
/// the profile knows. None that is subscribed to already.
pub fn narrower(refused: &str, profile: &Profile) -> Vec<String> {
    let mut found = Vec::new();
    if let Some((group, filter)) = split_shared(refused) {
        let inner = narrower(filter, profile);
        found.extend(inner.iter().map(|filter| join_shared(group, filter)));
        found.push(filter.to_owned());
    } else if refused == "$SYS/#" {
        found.push("$SYS/broker/#".to_owned());
    } else if let Some(above) = refused.strip_suffix('#') {
        // all but what begins with an empty level
        let above = if above == "+/" { "" } else { above };
        found.extend(of_user(above, profile));
        found.extend(of_topics(above, profile));
        found.push(format!("{above}+/#"));
        found.push(format!("{above}+"));
    }
    let mut fresh: Vec<String> = Vec::new();
    for filter in found {
        let is_known = profile.subscriptions.iter().any(|it| it.filter == filter);
        if !is_known && filter != refused && !filter.is_empty() && !fresh.contains(&filter) {
            fresh.push(filter);
        }
    }
    fresh.truncate(MOST);
    fresh
}

/// Many brokers give each user or client a branch of its own.
fn of_user(above: &str, profile: &Profile) -> Vec<String> {
    let names = [&profile.user_name, &profile.client_id];
    let is_level = |name: &&&String| !name.is_empty() && !name.contains(['/', '+', '#', '$']);
    let own = names.iter().filter(is_level);
    own.filter(|_| above.is_empty())
        .map(|name| format!("{name}/#"))
        .collect()
}

/// The next level of the topics that the profile publishes to, or has its will on, below `above`.
fn of_topics(above: &str, profile: &Profile) -> Vec<String> {
    let published = profile
        .saved_publishes
        .iter()
        .map(|it| it.draft.topic.as_str());
    let will = profile.will.enabled.then_some(profile.will.topic.as_str());
    let others = profile.subscriptions.iter().map(|it| it.filter.as_str());
    let below = published.chain(will).chain(others);
    let below = below.filter_map(|topic| topic.strip_prefix(above));
    below
        .filter_map(|rest| rest.split('/').next())
        .filter(|level| !level.is_empty() && !level.contains(['+', '#', '$']))
        .map(|level| format!("{above}{level}/#"))
        .collect()
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::mqtt::Qos;
    use crate::profile::{PublishDraft, SavedPublish, Subscription};

    fn profile(filters: &[&str]) -> Profile {
        let filters = filters
            .iter()
            .map(|it| Subscription::new(*it, Qos::AtMostOnce));
        Profile {
            user_name: "ada".to_owned(),
            subscriptions: filters.collect(),
            saved_publishes: ["plant/pump/set", "plant/valve/set", "home/light"]
                .map(|topic| {
                    let mut draft = PublishDraft::default();
                    topic.clone_into(&mut draft.topic);
                    let name = topic.to_owned();
                    SavedPublish { name, draft }
                })
                .to_vec(),
            ..Profile::default()
        }
    }

    #[test]
    fn everything_becomes_what_the_profile_knows() {
        assert_eq!(
            narrower("#", &profile(&["#", "home/#"])),
            ["ada/#", "plant/#", "+/#", "+"]
        );
        assert_eq!(
            narrower("plant/#", &profile(&["plant/#"])),
            ["plant/pump/#", "plant/valve/#", "plant/+/#", "plant/+"]
        );
    }

    #[test]
    fn what_was_suggested_first_may_be_refused_too() {
        assert_eq!(
            narrower("+/#", &profile(&["+/#"])),
            ["ada/#", "plant/#", "home/#", "+"]
        );
    }

    #[test]
    fn the_brokers_own_topics_and_shared_ones_too() {
        assert_eq!(narrower("$SYS/#", &profile(&["$SYS/#"])), ["$SYS/broker/#"]);
        assert!(narrower("$SYS/#", &profile(&["$SYS/broker/#"])).is_empty());
        let shared = narrower("$share/g/plant/#", &profile(&[]));
        assert_eq!(shared.first().unwrap(), "$share/g/plant/pump/#");
        assert!(shared.contains(&"plant/#".to_owned()));
    }

    #[test]
    fn a_full_topic_has_nothing_narrower() {
        assert!(narrower("plant/pump/set", &profile(&[])).is_empty());
    }
}
