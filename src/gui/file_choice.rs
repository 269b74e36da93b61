//! Choosing a file with the desktop's own dialog, which must not hold up the window. Without a desktop portal the
//! dialog does not open and nothing is chosen, so wherever this is used a path can be typed too.

use std::path::{Path, PathBuf};

use super::latest::Latest;

/// A dialog that may be open.
#[derive(Debug)]
pub struct FileChoice {
    jobs: Latest<Option<PathBuf>>,
}

impl Default for FileChoice {
    fn default() -> Self {
        Self {
            jobs: Latest::new("file dialog"),
        }
    }
}

impl FileChoice {
    /// Asks which file to read.
    pub fn open(&mut self, ctx: &egui::Context, title: &str) {
        let dialog = rfd::FileDialog::new().set_title(title);
        self.start(ctx, move || dialog.pick_file());
    }

    /// Asks where to save; `path` is suggested, which may be a name without a folder.
    pub fn save(&mut self, ctx: &egui::Context, title: &str, path: &str) {
        let path = Path::new(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut dialog = rfd::FileDialog::new().set_title(title).set_file_name(name);
        if let Some(folder) = path.parent().filter(|it| it.is_absolute()) {
            dialog = dialog.set_directory(folder);
        }
        self.start(ctx, move || dialog.save_file());
    }

    /// The chosen path, once.
    pub fn chosen(&mut self) -> Option<PathBuf> {
        self.jobs.poll().flatten()
    }

    fn start(
        &mut self,
        ctx: &egui::Context,
        ask: impl FnOnce() -> Option<PathBuf> + Send + 'static,
    ) {
        if !self.jobs.is_busy() {
            self.jobs.start(ctx, ask);
        }
    }
}
