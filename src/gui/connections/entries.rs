//! The rows of the list of connections: folders and what is in those that are open, with where each stands.

use std::ops::Range;

use egui::Rect;

use crate::profile::{Profile, ProfileId, folder_path, folders, folders_with};

use super::super::context::Context;
use super::super::list_action::ListAction;

/// Distance from one profile to the next; the row itself is 4 points lower.
pub const PITCH: f32 = 54.0;
/// The same for a folder.
pub const FOLDER_PITCH: f32 = 32.0;

/// A folder as a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderEntry {
    /// The whole path.
    pub path: String,
    /// The last part of it.
    pub name: String,
    /// How deep it lies.
    pub depth: usize,
    /// How many profiles it holds with all folders in it.
    pub total: usize,
    /// Whether what is in it is shown.
    pub is_open: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A folder.
    Folder(FolderEntry),
    /// A profile by its place among all, and how deep it lies.
    Profile {
        /// Its place.
        index: usize,
        /// How many folders it is in.
        depth: usize,
    },
}

/// All profiles as the list has them, each with the path of its folder.
pub fn in_list_order(profiles: &[Profile]) -> impl Iterator<Item = (String, &Profile)> {
    folders(profiles).into_iter().flat_map(move |folder| {
        let path = folder.path;
        let there = folder.profiles.into_iter();
        there.filter_map(move |index| Some((path.clone(), profiles.get(index)?)))
    })
}

/// All rows that are shown.
pub struct Entries {
    rows: Vec<Entry>,
    /// Where each row begins, and where the last one ends.
    tops: Vec<f32>,
}

impl Entries {
    /// The rows for what is typed into the search field. While something is, every folder with a hit is open.
    pub fn of(context: &Context<'_>, search: &str) -> Self {
        let is_searching = !search.trim().is_empty();
        let is_shown = |index: usize| {
            let profile = context.profiles.get(index);
            !is_searching || profile.is_some_and(|it| it.matches(search))
        };
        let empty: &[String] = if is_searching {
            &[]
        } else {
            &context.list.empty
        };
        let mut rows = Vec::new();
        let mut closed: Option<String> = None;
        for folder in folders_with(context.profiles, empty) {
            let is_within = |outer: &String| folder.path.starts_with(&format!("{outer}/"));
            if closed.as_ref().is_some_and(is_within) {
                continue;
            }
            let is_top = folder.path.is_empty();
            let is_open = is_searching || !context.list.closed.contains(&folder.path);
            let depth = if is_top { 0 } else { folder.depth + 1 };
            if !is_top {
                closed = (!is_open).then(|| folder.path.clone());
                rows.push(Entry::Folder(FolderEntry {
                    path: folder.path,
                    name: folder.name,
                    depth: folder.depth,
                    total: folder.total,
                    is_open,
                }));
            }
            if is_open {
                let shown = folder.profiles.iter().filter(|index| is_shown(**index));
                rows.extend(shown.map(|&index| Entry::Profile { index, depth }));
            }
        }
        if is_searching {
            rows = without_empty(rows);
        }
        Self::new(rows)
    }

    fn new(rows: Vec<Entry>) -> Self {
        let mut top = 0.0;
        let mut tops = vec![top];
        for row in &rows {
            top += match row {
                Entry::Folder(_) => FOLDER_PITCH,
                Entry::Profile { .. } => PITCH,
            };
            tops.push(top);
        }
        Self { rows, tops }
    }

    /// All of them, from top to bottom.
    pub fn rows(&self) -> &[Entry] {
        &self.rows
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Height of all rows.
    pub fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or_default()
    }

    /// Where a row begins, and how high it is.
    pub fn place(&self, row: usize) -> (f32, f32) {
        let top = self.tops.get(row).copied().unwrap_or_default();
        let end = self.tops.get(row + 1).copied().unwrap_or(top);
        (top, end - top)
    }

    /// The rows that are seen.
    pub fn visible(&self, viewport: Rect) -> Range<usize> {
        let first = self.tops.partition_point(|top| *top <= viewport.top());
        let end = self.tops.partition_point(|top| *top < viewport.bottom());
        first.saturating_sub(1)..end.min(self.rows.len())
    }

    /// The folder that a row is in, or that it is.
    pub fn folder_of(&self, profiles: &[Profile], row: usize) -> String {
        match self.rows.get(row) {
            Some(Entry::Folder(folder)) => folder.path.clone(),
            Some(Entry::Profile { index, .. }) => profiles
                .get(*index)
                .map_or_else(String::new, |it| folder_path(&it.folder)),
            None => String::new(),
        }
    }

    /// The profile of a row.
    pub fn profile_of<'a>(&self, profiles: &'a [Profile], row: usize) -> Option<&'a Profile> {
        match self.rows.get(row)? {
            Entry::Folder(_) => None,
            Entry::Profile { index, .. } => profiles.get(*index),
        }
    }

    /// One step up (-1) or down (1) for a profile, past its neighbour or into the next folder.
    pub fn moved(&self, profiles: &[Profile], id: &ProfileId, step: isize) -> Option<ListAction> {
        let is_it = |row: &usize| {
            self.profile_of(profiles, *row)
                .is_some_and(|it| it.id == *id)
        };
        let row = (0..self.rows.len()).find(is_it)?;
        let own = self.folder_of(profiles, row);
        let place = |folder, before| Some(ListAction::Place(id.clone(), folder, before));
        if step < 0 {
            let above = row.checked_sub(1)?;
            if let Some(neighbour) = self.profile_of(profiles, above) {
                let folder = folder_path(&neighbour.folder);
                // out of a folder it comes behind what stands there
                let before = (folder == own).then(|| neighbour.id.clone());
                return place(folder, before);
            }
            // above is the row of its own folder: what stands above that is next
            let outer = above.checked_sub(1);
            let folder = outer.map_or_else(String::new, |row| self.folder_of(profiles, row));
            return place(folder, None);
        }
        let below = row + 1;
        match self.rows.get(below)? {
            Entry::Folder(folder) => {
                let first = self.profile_of(profiles, below + 1);
                let first = first.filter(|it| folder_path(&it.folder) == folder.path);
                place(folder.path.clone(), first.map(|it| it.id.clone()))
            }
            Entry::Profile { .. } => {
                let after = self.profile_of(profiles, below + 1);
                let after = after.filter(|it| folder_path(&it.folder) == own);
                place(own, after.map(|it| it.id.clone()))
            }
        }
    }
}

/// Without the folders in which nothing was found.
fn without_empty(rows: Vec<Entry>) -> Vec<Entry> {
    let mut kept: Vec<Entry> = Vec::new();
    let mut least = 0;
    for row in rows.into_iter().rev() {
        match &row {
            Entry::Profile { depth, .. } => least = *depth,
            Entry::Folder(folder) if folder.depth < least => least = folder.depth,
            Entry::Folder(_) => continue,
        }
        kept.push(row);
    }
    kept.reverse();
    kept
}

#[cfg(test)]
mod unit {
    use super::super::super::fixture::Fixture;
    use super::*;

    fn named(name: &str, folder: &str) -> Profile {
        Profile {
            id: ProfileId(name.to_owned()),
            name: name.to_owned(),
            folder: folder.to_owned(),
            ..Profile::default()
        }
    }

    fn fixture() -> Fixture {
        let mut fixture = Fixture::new();
        fixture.profiles = vec![
            named("top", ""),
            named("plant", "Work/Plant"),
            named("lab", "Work"),
            named("kitchen", "Home"),
        ];
        fixture.list.empty.push("Later".to_owned());
        fixture
    }

    fn shown(fixture: &Fixture, search: &str) -> Vec<String> {
        let context = fixture.context();
        let entries = Entries::of(&context, search);
        let text = |entry: &Entry| match entry {
            Entry::Folder(folder) => format!("{}[{}]", folder.path, folder.total),
            Entry::Profile { index, depth } => {
                format!("{}{}", "-".repeat(*depth), fixture.profiles[*index].name)
            }
        };
        entries.rows().iter().map(text).collect()
    }

    #[test]
    fn folders_stand_above_what_is_in_them() {
        let fixture = fixture();
        let all = [
            "top",
            "Work[2]",
            "-lab",
            "Work/Plant[1]",
            "--plant",
            "Home[1]",
            "-kitchen",
            "Later[0]",
        ];
        assert_eq!(shown(&fixture, ""), all);
    }

    #[test]
    fn menus_name_profiles_in_the_order_of_the_list() {
        let fixture = fixture();
        let found = in_list_order(&fixture.profiles);
        let found: Vec<_> = found
            .map(|(folder, it)| (folder, it.name.as_str()))
            .collect();
        let expected = [
            ("", "top"),
            ("Work", "lab"),
            ("Work/Plant", "plant"),
            ("Home", "kitchen"),
        ];
        assert_eq!(
            found,
            expected.map(|(folder, name)| (folder.to_owned(), name))
        );
    }

    #[test]
    fn closed_folders_hide_everything_below_unless_something_is_searched() {
        let mut fixture = fixture();
        fixture.list.closed.insert("Work".to_owned());
        assert_eq!(
            shown(&fixture, ""),
            ["top", "Work[2]", "Home[1]", "-kitchen", "Later[0]"]
        );
        assert_eq!(
            shown(&fixture, "plant"),
            ["Work[2]", "Work/Plant[1]", "--plant"]
        );
        assert_eq!(shown(&fixture, "kitchen"), ["Home[1]", "-kitchen"]);
    }

    #[test]
    fn visible_rows_are_found_by_their_height() {
        let fixture = fixture();
        let context = fixture.context();
        let entries = Entries::of(&context, "");
        assert_eq!(entries.place(1), (PITCH, FOLDER_PITCH));
        let view =
            |top: f32, bottom: f32| entries.visible(Rect::from_x_y_ranges(0.0..=1.0, top..=bottom));
        assert_eq!(view(0.0, 1.0), 0..1);
        assert_eq!(view(PITCH + 1.0, PITCH + FOLDER_PITCH + 1.0), 1..3);
        assert_eq!(view(0.0, 10_000.0), 0..8);
    }

    #[test]
    fn keys_move_a_profile_through_the_folders() {
        let fixture = fixture();
        let context = fixture.context();
        let entries = Entries::of(&context, "");
        let moved = |name: &str, step| {
            let action = entries.moved(&fixture.profiles, &ProfileId(name.to_owned()), step);
            action.map(|it| match it {
                ListAction::Place(_, folder, before) => (folder, before.map(|it| it.0)),
                other => panic!("{other:?}"),
            })
        };
        let is = |folder: &str, before: Option<&str>| {
            Some((folder.to_owned(), before.map(str::to_owned)))
        };
        assert_eq!(moved("top", -1), None);
        assert_eq!(moved("top", 1), is("Work", Some("lab")));
        assert_eq!(moved("lab", -1), is("", None));
        assert_eq!(moved("lab", 1), is("Work/Plant", Some("plant")));
        assert_eq!(moved("plant", 1), is("Home", Some("kitchen")));
        assert_eq!(moved("kitchen", 1), is("Later", None));
    }
}
