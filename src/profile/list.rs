//! What the connections window does to the list of profiles: plain functions on a `Vec`, so that every step can be
//! tested and taken back. Saving is the caller's next step.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::{Profile, ProfileId};

/// The identifier of the profile that leads to the broker inside.
pub const LOCAL_BROKER: &str = "local-broker";

/// A profile that was taken out of the list, with what [`put_back`] needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removed {
    /// Where it was.
    pub index: usize,
    /// The profile itself. Its password stays in the keyring until the removal can no longer be taken back.
    pub profile: Profile,
}

/// Puts a copy with its own identifier and the name “X copy” after the original and returns the identifier;
/// `None` when `id` is not in the list. The password stays with the original: copying it is the caller's choice.
pub fn duplicate(profiles: &mut Vec<Profile>, id: &ProfileId) -> Option<ProfileId> {
    let index = position(profiles, id)?;
    let copy = Profile {
        id: ProfileId::random(),
        name: copy_name(profiles, &profiles[index].name),
        ..profiles[index].clone()
    };
    let new_id = copy.id.clone();
    profiles.insert(index + 1, copy);
    Some(new_id)
}

/// Takes the profile out of the list; `None` when it is not there.
pub fn remove(profiles: &mut Vec<Profile>, id: &ProfileId) -> Option<Removed> {
    let index = position(profiles, id)?;
    let profile = profiles.remove(index);
    Some(Removed { index, profile })
}

/// Undoes [`remove`], also after the list changed in between. Does nothing when the profile is there already.
pub fn put_back(profiles: &mut Vec<Profile>, removed: Removed) {
    if position(profiles, &removed.profile.id).is_none() {
        let index = removed.index.min(profiles.len());
        profiles.insert(index, removed.profile);
    }
}

/// Moves the profile to `index` as counted after the move; beyond the end means the last place. `false` when
/// nothing changed.
pub fn reorder(profiles: &mut Vec<Profile>, id: &ProfileId, index: usize) -> bool {
    let Some(from) = position(profiles, id) else {
        return false;
    };
    let to = index.min(profiles.len().saturating_sub(1));
    if from == to {
        return false;
    }
    let profile = profiles.remove(from);
    profiles.insert(to, profile);
    true
}

/// `name`, or “name 2” and so on when a profile is called that already.
pub fn unique_name(profiles: &[Profile], name: &str) -> String {
    let is_free = |name: &String| profiles.iter().all(|profile| profile.name != *name);
    let numbered = (2..=profiles.len() + 2).map(|number| format!("{name} {number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(is_free)
        .unwrap_or_else(|| name.to_owned())
}

/// The places of the profiles that [`Profile::matches`] `text`.
pub fn search(profiles: &[Profile], text: &str) -> Vec<usize> {
    let found = profiles
        .iter()
        .enumerate()
        .filter(|(_index, profile)| profile.matches(text));
    found.map(|(index, _profile)| index).collect()
}

/// Makes the list hold a profile for the broker inside, which listens on `address` and lets `user_name` in
/// (everyone, when empty). What the user changed on that profile beyond that stays. `true` when the list changed.
pub fn ensure_local_broker(
    profiles: &mut Vec<Profile>,
    address: SocketAddr,
    user_name: &str,
) -> bool {
    let wanted = Profile::local_broker(address, user_name);
    let Some(index) = position(profiles, &wanted.id) else {
        profiles.push(wanted);
        return true;
    };
    let updated = Profile {
        host: wanted.host,
        port: wanted.port,
        transport: wanted.transport,
        user_name: wanted.user_name,
        use_password: wanted.use_password,
        ..profiles[index].clone()
    };
    let changed = profiles[index] != updated;
    profiles[index] = updated;
    changed
}

impl Profile {
    /// The profile that leads to the broker inside, which listens on `address`. One that listens everywhere is
    /// reached through the loopback address.
    pub fn local_broker(address: SocketAddr, user_name: &str) -> Self {
        let host = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
            ip => ip,
        };
        Self {
            id: ProfileId(LOCAL_BROKER.to_owned()),
            name: "Local broker".to_owned(),
            host: host.to_string(),
            port: address.port(),
            user_name: user_name.to_owned(),
            use_password: !user_name.is_empty(),
            ..Self::default()
        }
    }

    /// Whether every word of `text` occurs in the name, folder, address or user name, whatever the case.
    pub fn matches(&self, text: &str) -> bool {
        let haystack = format!(
            "{}\n{}\n{}\n{}",
            self.name,
            self.folder,
            self.url(),
            self.user_name
        )
        .to_lowercase();
        let text = text.to_lowercase();
        text.split_whitespace().all(|word| haystack.contains(word))
    }
}

fn position(profiles: &[Profile], id: &ProfileId) -> Option<usize> {
    profiles.iter().position(|profile| profile.id == *id)
}

/// “X copy”, or “X copy 2” and so on when that is taken; copying a copy counts on.
fn copy_name(profiles: &[Profile], name: &str) -> String {
    let base = match name.rsplit_once(" copy") {
        Some((base, number))
            if number.trim().is_empty() || number.trim().parse::<u32>().is_ok() =>
        {
            base
        }
        _ => name,
    };
    let taken = |name: &str| profiles.iter().any(|profile| profile.name == name);
    let first = format!("{base} copy");
    if !taken(&first) {
        return first;
    }
    (2..=profiles.len() + 2)
        .map(|number| format!("{base} copy {number}"))
        .find(|name| !taken(name))
        .unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Vec<Profile> {
        ["Kitchen", "Garden", "Lab"].map(named).to_vec()
    }

    fn named(name: &str) -> Profile {
        Profile {
            id: ProfileId(name.to_lowercase()),
            name: name.to_owned(),
            host: format!("{}.example", name.to_lowercase()),
            ..Profile::default()
        }
    }

    fn names(profiles: &[Profile]) -> Vec<&str> {
        profiles.iter().map(|p| p.name.as_str()).collect()
    }

    fn id(text: &str) -> ProfileId {
        ProfileId(text.to_owned())
    }

    #[test]
    fn a_copy_stands_after_its_original_under_its_own_name_and_identifier() {
        let mut profiles = example();
        let copy = duplicate(&mut profiles, &id("garden")).unwrap();
        assert_ne!(copy, id("garden"));
        duplicate(&mut profiles, &copy).unwrap();
        assert_eq!(
            names(&profiles),
            ["Kitchen", "Garden", "Garden copy", "Garden copy 2", "Lab"]
        );
        assert_eq!(profiles[2].host, "garden.example");
        assert_eq!(duplicate(&mut profiles, &id("nobody")), None);
    }

    #[test]
    fn a_removal_is_taken_back_to_the_same_place() {
        let mut profiles = example();
        let before = profiles.clone();
        let removed = remove(&mut profiles, &id("garden")).unwrap();
        assert_eq!(names(&profiles), ["Kitchen", "Lab"]);
        put_back(&mut profiles, removed.clone());
        put_back(&mut profiles, removed);
        assert_eq!(profiles, before);

        let removed = remove(&mut profiles, &id("lab")).unwrap();
        profiles.clear();
        put_back(&mut profiles, removed);
        assert_eq!(names(&profiles), ["Lab"]);
        assert_eq!(remove(&mut profiles, &id("nobody")), None);
    }

    #[test]
    fn reordering_counts_places_after_the_move() {
        let mut profiles = example();
        assert!(reorder(&mut profiles, &id("kitchen"), 1));
        assert_eq!(names(&profiles), ["Garden", "Kitchen", "Lab"]);
        assert!(reorder(&mut profiles, &id("garden"), 99));
        assert_eq!(names(&profiles), ["Kitchen", "Lab", "Garden"]);
        assert!(!reorder(&mut profiles, &id("garden"), 2));
        assert!(!reorder(&mut profiles, &id("nobody"), 0));
        assert!(!reorder(&mut Vec::new(), &id("nobody"), 0));
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let mut profiles = example();
        assert_eq!(unique_name(&profiles, "Cellar"), "Cellar");
        assert_eq!(unique_name(&profiles, "Lab"), "Lab 2");
        profiles.push(named("Lab 2"));
        assert_eq!(unique_name(&profiles, "Lab"), "Lab 3");
    }

    #[test]
    fn search_looks_at_name_host_and_port() {
        let profiles = example();
        assert_eq!(search(&profiles, ""), [0, 1, 2]);
        assert_eq!(search(&profiles, "GARD"), [1]);
        assert_eq!(search(&profiles, "example lab"), [2]);
        assert_eq!(search(&profiles, ":1883"), [0, 1, 2]);
        assert_eq!(search(&profiles, "cellar"), [0; 0]);
    }

    #[test]
    fn the_local_broker_is_there_once_and_keeps_what_the_user_changed() {
        let mut profiles = example();
        let address = "127.0.0.1:1883".parse().unwrap();
        assert!(ensure_local_broker(&mut profiles, address, ""));
        assert!(!ensure_local_broker(&mut profiles, address, ""));
        assert_eq!(profiles.len(), 4);
        profiles[3].name = "My broker".to_owned();

        let everywhere = "0.0.0.0:1884".parse().unwrap();
        assert!(ensure_local_broker(&mut profiles, everywhere, "ann"));
        let profile = &profiles[3];
        assert_eq!(profile.name, "My broker");
        assert_eq!(profile.url(), "mqtt://127.0.0.1:1884");
        assert_eq!(
            (profile.user_name.as_str(), profile.use_password),
            ("ann", true)
        );
        let six = Profile::local_broker("[::]:1883".parse().unwrap(), "");
        assert_eq!(six.url(), "mqtt://[::1]:1883");
    }
}
