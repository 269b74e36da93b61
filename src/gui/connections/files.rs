//! Files of a profile: a field for the path with a button for the desktop's dialog, and what is wrong with them, which
//! is looked at on another thread because a disk may be slow.

use std::path::PathBuf;
use std::time::Duration;

use egui::{TextEdit, Ui};

use crate::mqtt::Timestamp;
use crate::profile::{Field, Problem, Profile, ProfileId, TlsSettings, Transport};

use super::super::context::Context;
use super::super::file_choice::FileChoice;
use super::super::icons;
use super::super::latest::Latest;
use super::super::theme;
use super::super::widgets::field_with_button;

/// Files may change without our knowing: they are looked at again after this time, when something is drawn.
const AGE: Duration = Duration::from_secs(3);

/// The dialog that chooses a file, and for which field it is open.
#[derive(Debug, Default)]
pub struct PathFields {
    choice: FileChoice,
    target: Option<(ProfileId, Field)>,
}

impl PathFields {
    /// Draws the field of one path and changes it.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        id: &ProfileId,
        place: Field,
        label: &str,
        path: &mut PathBuf,
    ) {
        let mut text = path.to_string_lossy().into_owned();
        let width = ui.available_width();
        let edit = TextEdit::singleline(&mut text)
            .id_salt(label)
            .hint_text("path of the file")
            .font(theme::mono());
        let tip = format!("Choose: {label}");
        let button = (icons::FOLDER, tip.as_str());
        let (response, is_clicked) = field_with_button(ui, edit, label, width, button);
        if response.changed() {
            *path = PathBuf::from(text.trim());
        }
        let target = (id.clone(), place);
        if is_clicked {
            self.choice.open(ui.ctx(), label);
            self.target = Some(target);
        } else if self.target.as_ref() == Some(&target)
            && let Some(chosen) = self.choice.chosen()
        {
            *path = chosen;
        }
    }
}

/// What about a profile decides whether its files are right.
#[derive(Debug, Clone, PartialEq)]
struct Subject {
    id: ProfileId,
    transport: Transport,
    unix_path: String,
    tls: TlsSettings,
}

/// What is wrong with files.
#[derive(Debug)]
pub struct FileCheck {
    jobs: Latest<(Subject, Vec<Problem>)>,
    asked: Option<(Subject, Timestamp)>,
    found: Option<(Subject, Vec<Problem>)>,
}

impl Default for FileCheck {
    fn default() -> Self {
        Self {
            jobs: Latest::new("file check"),
            asked: None,
            found: None,
        }
    }
}

impl FileCheck {
    /// What was found about the files of `profile`; they are looked at when they were not yet, or not lately.
    pub fn problems(&mut self, ui: &Ui, context: &Context<'_>, profile: &Profile) -> &[Problem] {
        if let Some(found) = self.jobs.poll() {
            self.found = Some(found);
        }
        let subject = Subject {
            id: profile.id.clone(),
            transport: profile.transport,
            unix_path: profile.unix_path.clone(),
            tls: profile.tls.clone(),
        };
        let is_fresh = |(asked, at): &(Subject, Timestamp)| {
            *asked == subject && (self.jobs.is_busy() || context.now.since(*at) < AGE)
        };
        let has_files = match profile.transport {
            Transport::Unix => !profile.unix_path.is_empty(),
            transport => transport.uses_tls() && profile.tls != TlsSettings::default(),
        };
        if has_files && !self.asked.as_ref().is_some_and(is_fresh) {
            self.asked = Some((subject.clone(), context.now));
            let (profile, subject) = (profile.clone(), subject.clone());
            self.jobs
                .start(ui.ctx(), move || (subject, profile.check_files()));
        }
        match &self.found {
            Some((found, problems)) if *found == subject => problems,
            _ => &[],
        }
    }
}
