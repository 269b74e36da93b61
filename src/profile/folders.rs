//! Folders of the list: each profile names its own (`a/b` is b in a), so a folder exists as long as something is in
//! it. Plain functions on the list, as those of `list.rs`.

use std::collections::BTreeMap;

use super::{Profile, ProfileId, reorder};

/// A folder with what it holds, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// The whole path; empty for the top, which comes first.
    pub path: String,
    /// The last part of the path.
    pub name: String,
    /// How deep it lies: 0 for the top and for the folders in it.
    pub depth: usize,
    /// The places in the list of the profiles directly in it.
    pub profiles: Vec<usize>,
    /// How many profiles it holds with all folders in it.
    pub total: usize,
}

/// A folder's path as it is kept: without blanks around names, and without empty names.
pub fn folder_path(text: &str) -> String {
    let names = text.split('/').map(str::trim).filter(|it| !it.is_empty());
    names.collect::<Vec<_>>().join("/")
}

/// All folders from top to bottom, each before those in it; folders beside each other in the order of their first
/// profiles. The top is always there.
pub fn folders(profiles: &[Profile]) -> Vec<Folder> {
    folders_with(profiles, &[])
}

/// The same with folders that hold nothing yet, behind the others beside them.
pub fn folders_with(profiles: &[Profile], empty: &[String]) -> Vec<Folder> {
    let mut found: Vec<Folder> = vec![folder("", 0)];
    // the list is drawn in every frame, with hundreds of profiles in a few folders: each folder is looked at once
    let mut held: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, profile) in profiles.iter().enumerate() {
        let path = folder_path(&profile.folder);
        if let Some(there) = held.get_mut(&path) {
            there.push(index);
            continue;
        }
        add_path(&mut found, &path);
        held.insert(path, vec![index]);
    }
    for path in empty {
        add_path(&mut found, &folder_path(path));
    }
    for it in &mut found {
        let within = held.iter().filter(|(path, _)| is_within(path, &it.path));
        it.total = within.map(|(_path, there)| there.len()).sum();
        it.profiles = held.get(&it.path).cloned().unwrap_or_default();
    }
    found
}

/// Adds the folder of this path with those that it lies in, unless they are there.
fn add_path(found: &mut Vec<Folder>, path: &str) {
    let ends = path.match_indices('/').map(|(end, _slash)| end);
    let ends = ends.chain((!path.is_empty()).then_some(path.len()));
    for (depth, end) in ends.enumerate() {
        if !found.iter().any(|it| it.path == path[..end]) {
            let place = place_for(found, parent(&path[..end]));
            found.insert(place, folder(&path[..end], depth));
        }
    }
}

/// Moves a profile into `folder`; its place in the list stays. `false` when nothing changed.
pub fn move_to_folder(profiles: &mut [Profile], id: &ProfileId, folder: &str) -> bool {
    let folder = folder_path(folder);
    let Some(profile) = profiles.iter_mut().find(|it| it.id == *id) else {
        return false;
    };
    if profile.folder == folder {
        return false;
    }
    profile.folder = folder;
    true
}

/// Puts a profile into `folder`, before another one there or behind all others. `false` when nothing changed.
pub fn place_in_folder(
    profiles: &mut Vec<Profile>,
    id: &ProfileId,
    folder: &str,
    before: Option<&ProfileId>,
) -> bool {
    let has_moved = move_to_folder(profiles, id, folder);
    let Some(from) = profiles.iter().position(|it| it.id == *id) else {
        return false;
    };
    let folder = folder_path(folder);
    let is_beside = |it: &Profile| it.id != *id && folder_path(&it.folder) == folder;
    let to = match before {
        Some(before) => profiles.iter().position(|it| it.id == *before),
        None => profiles.iter().rposition(is_beside).map(|last| last + 1),
    };
    // without others in the folder any place will do
    let to = to.map_or(from, |to| if to > from { to - 1 } else { to });
    reorder(profiles, id, to) || has_moved
}

/// Gives the folder `from`, with all in it, the path `to`; if that is there, both become one. `false` when nothing
/// changed, as for the top or when a folder would come into itself.
pub fn rename_folder(profiles: &mut [Profile], from: &str, to: &str) -> bool {
    let (from, to) = (folder_path(from), folder_path(to));
    if from.is_empty() || is_within(&to, &from) {
        return false;
    }
    replace(profiles, &from, &to)
}

/// Takes the folder away: what is in it goes up by one. `false` when nothing changed.
pub fn delete_folder(profiles: &mut [Profile], folder: &str) -> bool {
    let folder = folder_path(folder);
    if folder.is_empty() {
        return false;
    }
    let parent = parent(&folder).to_owned();
    replace(profiles, &folder, &parent)
}

fn replace(profiles: &mut [Profile], from: &str, to: &str) -> bool {
    let mut changed = false;
    for profile in profiles {
        let path = folder_path(&profile.folder);
        if is_within(&path, from) {
            profile.folder = folder_path(&format!("{to}/{}", &path[from.len()..]));
            changed = true;
        }
    }
    changed
}

fn folder(path: &str, depth: usize) -> Folder {
    let name = path.rsplit('/').next().unwrap_or_default();
    Folder {
        path: path.to_owned(),
        name: name.to_owned(),
        depth,
        profiles: Vec::new(),
        total: 0,
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _name)| parent)
}

/// Whether `path` is `folder` or lies in it; everything lies in the top.
pub fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder);
    folder.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The place behind everything in `parent`.
fn place_for(found: &[Folder], parent: &str) -> usize {
    let last = found.iter().rposition(|it| is_within(&it.path, parent));
    last.map_or(found.len(), |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Vec<Profile> {
        [
            "",
            "Work/Plant",
            "Home",
            "Work",
            "Work/Plant",
            "",
            "Workshop",
        ]
        .iter()
        .enumerate()
        .map(|(index, folder)| Profile {
            id: ProfileId(index.to_string()),
            folder: (*folder).to_owned(),
            ..Profile::default()
        })
        .collect()
    }

    fn paths(profiles: &[Profile]) -> Vec<&str> {
        profiles.iter().map(|it| it.folder.as_str()).collect()
    }

    #[test]
    fn a_profile_is_placed_before_or_behind_others() {
        let ids = |profiles: &[Profile]| -> String {
            profiles.iter().map(|it| it.id.0.as_str()).collect()
        };
        let id = |text: &str| ProfileId(text.to_owned());
        let mut profiles = example();
        assert!(place_in_folder(
            &mut profiles,
            &id("0"),
            "Work/Plant",
            Some(&id("4"))
        ));
        assert_eq!(ids(&profiles), "1230456");
        assert_eq!(profiles[3].folder, "Work/Plant");
        assert!(place_in_folder(&mut profiles, &id("1"), "Work/Plant", None));
        assert_eq!(ids(&profiles), "2304156");
        assert!(place_in_folder(&mut profiles, &id("5"), "New", None));
        assert_eq!(ids(&profiles), "2304156");
        assert!(!place_in_folder(&mut profiles, &id("5"), "New", None));
        assert!(!place_in_folder(&mut profiles, &id("9"), "New", None));
    }

    #[test]
    fn the_list_is_grouped_in_order() {
        let groups = folders(&example());
        let shown: Vec<_> = groups
            .iter()
            .map(|it| {
                (
                    it.path.as_str(),
                    it.name.as_str(),
                    it.depth,
                    it.profiles.clone(),
                    it.total,
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("", "", 0, vec![0, 5], 7),
                ("Work", "Work", 0, vec![3], 3),
                ("Work/Plant", "Plant", 1, vec![1, 4], 2),
                ("Home", "Home", 0, vec![2], 1),
                ("Workshop", "Workshop", 0, vec![6], 1),
            ]
        );
        assert_eq!(folders(&[]).len(), 1);
    }

    #[test]
    fn a_profile_moves_and_names_are_tidied() {
        let mut profiles = example();
        let id = ProfileId("0".to_owned());
        assert!(move_to_folder(&mut profiles, &id, " a // b/ "));
        assert_eq!(profiles[0].folder, "a/b");
        assert!(!move_to_folder(&mut profiles, &id, "a/b"));
        assert!(!move_to_folder(
            &mut profiles,
            &ProfileId("x".to_owned()),
            "a"
        ));
    }

    #[test]
    fn a_folder_is_renamed_with_all_in_it() {
        let mut profiles = example();
        assert!(rename_folder(&mut profiles, "Work", "Old/Job"));
        assert_eq!(
            paths(&profiles),
            [
                "",
                "Old/Job/Plant",
                "Home",
                "Old/Job",
                "Old/Job/Plant",
                "",
                "Workshop"
            ]
        );
        assert!(!rename_folder(&mut profiles, "Work", "X"));
        assert!(!rename_folder(&mut profiles, "", "X"));
        assert!(!rename_folder(&mut profiles, "Old", "Old/New"));
        assert!(rename_folder(&mut profiles, "Old/Job", "Home"));
        assert_eq!(
            paths(&profiles),
            [
                "",
                "Home/Plant",
                "Home",
                "Home",
                "Home/Plant",
                "",
                "Workshop"
            ]
        );
    }

    #[test]
    fn what_is_in_a_deleted_folder_goes_up() {
        let mut profiles = example();
        assert!(delete_folder(&mut profiles, "Work"));
        assert_eq!(
            paths(&profiles),
            ["", "Plant", "Home", "", "Plant", "", "Workshop"]
        );
        assert!(delete_folder(&mut profiles, "Plant"));
        assert_eq!(profiles[1].folder, "");
        assert!(!delete_folder(&mut profiles, ""));
        assert!(!delete_folder(&mut profiles, "nowhere"));
    }
}
