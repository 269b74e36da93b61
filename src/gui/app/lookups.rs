//! Whose secrets are being looked up. The keyring may ask its owner first and take a minute and a half: one profile is
//! looked up once at a time, and an answer that nobody waits for any more is dropped.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::mqtt::Timestamp;
use crate::profile::{FoundSecrets, Profile, ProfileId};

use super::super::action::Level;
use super::App;

/// A keyring that takes longer than this is asking somebody.
const SLOW: Duration = Duration::from_secs(1);

/// Number of a lookup, to tell its answer from that of an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LookupNumber(u64);

/// A lookup under way.
#[derive(Debug)]
struct UnderWay {
    number: LookupNumber,
    /// What it looks up the secrets of, as it was then.
    profile: Profile,
    /// Whether a secret was typed meanwhile.
    is_outdated: bool,
    began: Timestamp,
    /// Whether the user was told that it takes long.
    is_told: bool,
}

/// What an answer is worth.
#[derive(Debug, PartialEq, Eq)]
enum Worth {
    /// It is what the connection waits for.
    Good,
    /// The profile or a secret has changed meanwhile: it is to be looked up again.
    Outdated,
    /// Nobody waits for it any more.
    Nothing,
}

/// All lookups under way.
#[derive(Debug, Default)]
pub struct Lookups {
    last: u64,
    connecting: BTreeMap<ProfileId, UnderWay>,
    testing: BTreeSet<ProfileId>,
}

impl Lookups {
    /// A lookup for connecting begins; `None` when the same one is under way already.
    pub fn begin(&mut self, profile: &Profile, now: Timestamp) -> Option<LookupNumber> {
        let known = self.connecting.get(&profile.id);
        if known.is_some_and(|it| !it.is_outdated && it.profile == *profile) {
            return None;
        }
        self.last += 1;
        let number = LookupNumber(self.last);
        let under_way = UnderWay {
            number,
            profile: profile.clone(),
            is_outdated: false,
            began: now,
            is_told: false,
        };
        self.connecting.insert(profile.id.clone(), under_way);
        Some(number)
    }

    /// A secret of this profile was changed while it may be looked up.
    pub fn outdate(&mut self, id: &ProfileId) {
        if let Some(under_way) = self.connecting.get_mut(id) {
            under_way.is_outdated = true;
        }
    }

    /// The profile is not to be connected any more.
    pub fn cancel(&mut self, id: &ProfileId) {
        self.connecting.remove(id);
    }

    /// The profile is gone.
    pub fn forget(&mut self, id: &ProfileId) {
        self.cancel(id);
        self.testing.remove(id);
    }

    /// A lookup for a test begins; `false` when one is under way already.
    pub fn begin_test(&mut self, id: &ProfileId) -> bool {
        self.testing.insert(id.clone())
    }

    /// A lookup for a test ended; says whether the test is still wanted.
    pub fn end_test(&mut self, id: &ProfileId) -> bool {
        self.testing.remove(id)
    }

    /// An answer came, while the profile is `profile`.
    fn end(&mut self, number: LookupNumber, profile: &Profile) -> Worth {
        let known = self.connecting.get(&profile.id);
        if known.is_none_or(|it| it.number != number) {
            return Worth::Nothing;
        }
        match self.connecting.remove(&profile.id) {
            Some(it) if !it.is_outdated && it.profile == *profile => Worth::Good,
            _ => Worth::Outdated,
        }
    }

    /// The next lookup that takes long, and after how long to look again.
    fn slow(&mut self, now: Timestamp) -> (Option<ProfileId>, Option<Duration>) {
        let mut next: Option<Duration> = None;
        for (id, it) in self.connecting.iter_mut().filter(|(_, it)| !it.is_told) {
            let age = now.since(it.began);
            if age >= SLOW {
                it.is_told = true;
                return (Some(id.clone()), Some(Duration::ZERO));
            }
            let left = SLOW.saturating_sub(age);
            next = Some(next.map_or(left, |next| next.min(left)));
        }
        (None, next)
    }
}

impl App {
    /// The keyring answered.
    pub(super) fn lookup_ended(
        &mut self,
        id: &ProfileId,
        number: LookupNumber,
        found: FoundSecrets,
    ) {
        let Some(profile) = self.data.profiles.iter().find(|it| it.id == *id) else {
            return;
        };
        match self.data.lookups.end(number, profile) {
            Worth::Good => self.secrets_found(id, found),
            Worth::Outdated => self.begin_to_connect(id),
            Worth::Nothing => {}
        }
    }

    /// Says what a connection waits for; returns after how long to look again.
    pub(super) fn tell_slow_lookups(&mut self, now: Timestamp) -> Option<Duration> {
        let (slow, next) = self.data.lookups.slow(now);
        let name = slow.and_then(|id| self.data.profile(&id).map(|it| it.name.clone()));
        if let Some(name) = name {
            let text = format!(
                "“{name}” waits for the keyring of the system. Answer it if it asks for a password."
            );
            self.say(Level::Info, &name, text, None);
        }
        next
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> Profile {
        Profile::default()
    }

    #[test]
    fn only_the_newest_lookup_counts_and_the_same_is_not_begun_twice() {
        let mut lookups = Lookups::default();
        let now = Timestamp::default();
        let mut profile = profile();
        let first = lookups.begin(&profile, now).unwrap();
        assert_eq!(lookups.begin(&profile, now), None);
        "elsewhere".clone_into(&mut profile.host);
        let second = lookups.begin(&profile, now).unwrap();
        assert_eq!(lookups.end(first, &profile), Worth::Nothing);
        assert_eq!(lookups.end(second, &profile), Worth::Good);
        assert_eq!(lookups.end(second, &profile), Worth::Nothing);
    }

    #[test]
    fn what_changed_meanwhile_is_looked_up_again_and_what_was_cancelled_is_not() {
        let mut lookups = Lookups::default();
        let now = Timestamp::default();
        let mut profile = profile();
        let number = lookups.begin(&profile, now).unwrap();
        lookups.outdate(&profile.id);
        assert_eq!(lookups.end(number, &profile), Worth::Outdated);
        let number = lookups.begin(&profile, now).unwrap();
        profile.use_password = !profile.use_password;
        assert_eq!(lookups.end(number, &profile), Worth::Outdated);
        let number = lookups.begin(&profile, now).unwrap();
        lookups.cancel(&profile.id);
        assert_eq!(lookups.end(number, &profile), Worth::Nothing);
    }

    #[test]
    fn a_test_is_looked_up_once_at_a_time() {
        let mut lookups = Lookups::default();
        let id = profile().id;
        assert!(lookups.begin_test(&id) && !lookups.begin_test(&id));
        assert!(lookups.end_test(&id) && !lookups.end_test(&id));
    }

    #[test]
    fn a_slow_keyring_is_told_of_once() {
        let mut lookups = Lookups::default();
        let began = Timestamp::default();
        let profile = profile();
        lookups.begin(&profile, began);
        assert_eq!(lookups.slow(began), (None, Some(SLOW)));
        let (slow, _) = lookups.slow(began.plus(SLOW));
        assert_eq!(slow, Some(profile.id));
        assert_eq!(lookups.slow(began.plus(SLOW * 2)), (None, None));
    }
}
