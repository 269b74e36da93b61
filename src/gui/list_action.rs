//! What the list of connections asks for beyond a single profile: folders, import and export, new ones from a command.

use std::path::PathBuf;

use crate::profile::{Choice, FromCommand, Imported, ProfileId};

/// What a dialog about folders is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderTask {
    /// Move a profile into a folder that is chosen or made.
    Move(ProfileId),
    /// Make a folder in this one; the top is empty.
    New(String),
    /// Give the folder at this path another name.
    Rename(String),
}

/// Something that concerns the list as a whole.
#[derive(Debug, Clone)]
pub enum ListAction {
    /// Add a profile to this folder and select it.
    NewProfileIn(String),
    /// Show a profile with the keyboard on its name.
    Rename(ProfileId),
    /// Put a profile into a folder, before another one or behind all others there.
    Place(ProfileId, String, Option<ProfileId>),
    /// Put a profile into a folder; its place among the others stays.
    MoveTo(ProfileId, String),
    /// Open the dialog for a folder.
    AskFolder(FolderTask),
    /// Make an empty folder.
    NewFolder(String),
    /// Give a folder with all in it another path.
    RenameFolder(String, String),
    /// Take a folder away; what is in it goes up by one.
    DeleteFolder(String),
    /// Open or close a folder in the list.
    SetFolderOpen(String, bool),
    /// Open the dialog that imports, perhaps with a file.
    OpenImport(Option<PathBuf>),
    /// Take over connections, each as it was chosen.
    Import(Box<Imported>, Vec<Choice>),
    /// Open the dialog that exports these; the text says which they are.
    OpenExport(Vec<ProfileId>, String),
    /// Open the dialog that reads a command.
    OpenNewFromCommand,
    /// Add the connection of a command, and perhaps put its message into the publish panel.
    AddFromCommand(Box<FromCommand>, bool),
}
