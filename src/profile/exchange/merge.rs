//! Imported connections beside those that are there already: what collides, and what is to become of it.

use super::super::{LOCAL_BROKER, Profile, ProfileId, folder_path, unique_name};
use super::{Imported, rename};

/// What becomes of an imported connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It is added, under another name if its own is taken.
    Add,
    /// It takes the place of the one that it collides with.
    Replace,
    /// It is left out.
    Skip,
}

impl Imported {
    /// For each connection the one of `existing` that it collides with: the same identifier, else the same name in the
    /// same folder.
    pub fn collisions(&self, existing: &[Profile]) -> Vec<Option<ProfileId>> {
        let same_name = |it: &&Profile, profile: &Profile| {
            it.name == profile.name && folder_path(&it.folder) == folder_path(&profile.folder)
        };
        let collision = |profile: &Profile| {
            existing
                .iter()
                .find(|it| it.id == profile.id)
                .or_else(|| existing.iter().find(|it| same_name(it, profile)))
                .map(|it| it.id.clone())
        };
        self.profiles.iter().map(collision).collect()
    }

    /// The same with each connection as it was chosen for it, in order: what is skipped is gone, what replaces another
    /// has its identifier, and what is added has a name and an identifier of its own.
    #[must_use]
    pub fn chosen(mut self, choices: &[Choice], existing: &[Profile]) -> Self {
        let collisions = self.collisions(existing);
        let mut all = existing.to_vec();
        let mut kept = Vec::new();
        for (index, mut profile) in std::mem::take(&mut self.profiles).into_iter().enumerate() {
            let old = profile.id.clone();
            let other = collisions.get(index).cloned().flatten();
            match (choices.get(index), other) {
                (Some(Choice::Skip), _) => {
                    self.passwords.retain(|(id, _, _)| *id != old);
                    self.certificates.retain(|file| file.profile != old);
                    continue;
                }
                (Some(Choice::Replace), Some(other)) => profile.id = other,
                (Some(Choice::Add | Choice::Replace) | None, _) => {
                    profile.name = unique_name(&all, &profile.name);
                    let is_taken = all.iter().any(|it| it.id == profile.id);
                    if is_taken || profile.id.0 == LOCAL_BROKER {
                        profile.id = ProfileId::random();
                    }
                }
            }
            if profile.id != old {
                rename(&mut self.passwords, &old, &profile.id);
                for file in &mut self.certificates {
                    if file.profile == old {
                        file.profile = profile.id.clone();
                    }
                }
            }
            all.push(profile.clone());
            kept.push(profile);
        }
        self.profiles = kept;
        self
    }

    /// Puts the connections into the list: those whose identifier is there take its place, the others come last.
    pub fn merge_into(self, profiles: &mut Vec<Profile>) {
        for profile in self.profiles {
            match profiles.iter_mut().find(|it| it.id == profile.id) {
                Some(place) => *place = profile,
                None => profiles.push(profile),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::{Secret, SecretKind};
    use super::*;

    fn named(id: &str, name: &str, host: &str) -> Profile {
        Profile {
            id: ProfileId(id.to_owned()),
            name: name.to_owned(),
            host: host.to_owned(),
            ..Profile::default()
        }
    }

    fn example() -> (Vec<Profile>, Imported) {
        let existing = vec![named("a", "Lab", "old"), named("b", "Plant", "old")];
        let profiles = vec![
            named("a", "Other", "new"),
            named("x", "Plant", "new"),
            named("y", "Garden", "new"),
        ];
        let password = |id: &str| {
            let id = ProfileId(id.to_owned());
            (id, SecretKind::Password, Secret::new("s"))
        };
        let passwords = ["a", "x", "y"].map(password).to_vec();
        let imported = Imported {
            profiles,
            passwords,
            ..Imported::default()
        };
        (existing, imported)
    }

    fn shown(profiles: &[Profile]) -> Vec<(&str, &str)> {
        let shown = profiles.iter();
        shown
            .map(|it| (it.name.as_str(), it.host.as_str()))
            .collect()
    }

    #[test]
    fn identifiers_and_names_collide() {
        let (existing, imported) = example();
        let found = imported.collisions(&existing);
        let id = |text: &str| Some(ProfileId(text.to_owned()));
        assert_eq!(found, [id("a"), id("b"), None]);
    }

    #[test]
    fn copies_get_names_and_identifiers_of_their_own() {
        let (existing, imported) = example();
        let chosen = imported.chosen(&[Choice::Add; 3], &existing);
        let mut all = existing.clone();
        chosen.clone().merge_into(&mut all);
        assert_eq!(
            shown(&all),
            [
                ("Lab", "old"),
                ("Plant", "old"),
                ("Other", "new"),
                ("Plant 2", "new"),
                ("Garden", "new")
            ]
        );
        assert_ne!(all[2].id, all[0].id);
        let ids: Vec<_> = chosen.passwords.iter().map(|it| it.0.clone()).collect();
        assert_eq!(
            ids,
            [all[2].id.clone(), all[3].id.clone(), all[4].id.clone()]
        );
    }

    #[test]
    fn what_is_replaced_keeps_its_place_and_what_is_skipped_goes_with_its_password() {
        let (existing, imported) = example();
        let choices = [Choice::Replace, Choice::Replace, Choice::Skip];
        let chosen = imported.chosen(&choices, &existing);
        let mut all = existing;
        assert_eq!(chosen.passwords.len(), 2);
        assert_eq!(chosen.passwords[1].0.0, "b");
        chosen.merge_into(&mut all);
        assert_eq!(shown(&all), [("Other", "new"), ("Plant", "new")]);
    }
}
