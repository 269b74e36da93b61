//! Where a profile lands that is dragged over the list: in a folder, or in a gap between two profiles.

use crate::profile::{Profile, ProfileId};

use super::entries::{Entries, Entry};

/// A place for a profile.
#[derive(Debug, Clone, PartialEq)]
pub enum Landing {
    /// Behind all others in a folder.
    In {
        /// The folder's row.
        row: usize,
        /// Its path.
        folder: String,
    },
    /// Between two rows.
    Gap {
        /// Points below the top of the list.
        y: f32,
        /// The folder that it comes into.
        folder: String,
        /// The profile that will stand below it; `None` behind all others in the folder.
        before: Option<ProfileId>,
    },
}

/// The place nearest to `y` points below the top of the list; below all rows is the top of the list of folders.
pub fn landing(entries: &Entries, profiles: &[Profile], y: f32) -> Landing {
    let is_at = |row: &usize| {
        let (top, height) = entries.place(*row);
        y < top + height
    };
    let Some(row) = (0..entries.rows().len()).find(is_at) else {
        return Landing::Gap {
            y: entries.height(),
            folder: String::new(),
            before: None,
        };
    };
    let (top, height) = entries.place(row);
    let folder = entries.folder_of(profiles, row);
    if let Some(Entry::Folder(_)) = entries.rows().get(row) {
        return Landing::In { row, folder };
    }
    let is_lower_half = y > top + height / 2.0;
    let below = if is_lower_half { row + 1 } else { row };
    let before = entries
        .profile_of(profiles, below)
        .filter(|_| entries.folder_of(profiles, below) == folder);
    Landing::Gap {
        y: if is_lower_half { top + height } else { top },
        folder,
        before: before.map(|it| it.id.clone()),
    }
}

#[cfg(test)]
mod unit {
    use super::super::super::fixture::Fixture;
    use super::super::entries::{FOLDER_PITCH, PITCH};
    use super::*;

    #[test]
    fn halves_of_rows_are_gaps_and_folders_take_things_in() {
        let mut fixture = Fixture::new();
        let named = |name: &str, folder: &str| Profile {
            id: ProfileId(name.to_owned()),
            folder: folder.to_owned(),
            ..Profile::default()
        };
        fixture.profiles = vec![named("a", ""), named("b", ""), named("c", "Work")];
        let context = fixture.context();
        let entries = Entries::of(&context, "");
        let at = |y: f32| landing(&entries, &fixture.profiles, y);
        let gap = |y: f32, folder: &str, before: Option<&str>| Landing::Gap {
            y,
            folder: folder.to_owned(),
            before: before.map(|it| ProfileId(it.to_owned())),
        };
        assert_eq!(at(-30.0), gap(0.0, "", Some("a")));
        assert_eq!(at(20.0), gap(0.0, "", Some("a")));
        assert_eq!(at(30.0), gap(PITCH, "", Some("b")));
        assert_eq!(at(2.0 * PITCH - 5.0), gap(2.0 * PITCH, "", None));
        let folder = 2.0 * PITCH;
        assert_eq!(
            at(folder + 5.0),
            Landing::In {
                row: 2,
                folder: "Work".to_owned()
            }
        );
        let below = folder + FOLDER_PITCH;
        assert_eq!(at(below + 5.0), gap(below, "Work", Some("c")));
        assert_eq!(at(9_000.0), gap(below + PITCH, "", None));
    }
}
