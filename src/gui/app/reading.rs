//! Formats by topic filter and schema files: remembered in the profile, taken over by the open connection at once.

use std::sync::Arc;

use crate::client::now;
use crate::mqtt::Qos;
use crate::payload::hex::push_pair;
use crate::payload::schema::Schemas;
use crate::payload::sparkplug::rebirth_command;
use crate::profile::{PayloadKind, ProfileId, PublishDraft, ReadingSettings, read_schemas};

use super::super::dialogs::Dialog;
use super::super::jobs::Done;
use super::super::reading_action::ReadingAction;
use super::App;
use super::open::Of;

impl App {
    /// Does what was asked about formats and schemas.
    pub(super) fn apply_to_reading(&mut self, of: Of<'_>, action: ReadingAction) {
        let Some(id) = of else { return };
        match action {
            ReadingAction::RememberFormat { filter, format } => {
                self.edit_reading(id, |reading| reading.remember(&filter, Some(format)));
            }
            ReadingAction::ForgetFormat(filter) => {
                self.edit_reading(id, |reading| reading.remember(&filter, None));
            }
            ReadingAction::OpenRules => self.views.dialogs.show(of, Dialog::reading_rules()),
            ReadingAction::PrepareRebirth(topic) => self.prepare_rebirth(of, topic),
            ReadingAction::LoadSchemas => self.load_schemas(id, false),
            ReadingAction::ReloadSchemas => self.load_schemas(id, true),
        }
    }

    /// Fills the publish panel with the command that asks an edge node for its births.
    fn prepare_rebirth(&mut self, of: Of<'_>, topic: String) {
        let millis = u64::try_from(now().as_micros() / 1_000).unwrap_or_default();
        let digits = rebirth_command(millis)
            .iter()
            .fold(String::new(), |mut text, byte| {
                push_pair(&mut text, *byte);
                text
            });
        let draft = PublishDraft {
            topic,
            qos: Qos::AtMostOnce,
            kind: PayloadKind::Hex,
            payload: digits,
            ..PublishDraft::default()
        };
        let text =
            "The command that asks for the births is in the publish panel. Nothing was sent yet.";
        self.put_draft(of, draft, text);
    }

    fn edit_reading(&mut self, id: &ProfileId, change: impl FnOnce(&mut ReadingSettings)) {
        let kept = self.data.profiles.iter_mut().find(|kept| kept.id == *id);
        if let Some(kept) = kept {
            change(&mut kept.reading);
            self.data.unsaved.profiles = true;
            self.data.tell_open(id);
        }
    }

    /// Reads the schema files of a profile on another thread, unless they are read already.
    pub(super) fn load_schemas(&mut self, id: &ProfileId, again: bool) {
        let Some(profile) = self.data.profile(id) else {
            return;
        };
        let files = profile.reading.schema_files.clone();
        if !again && self.data.schemas.has(id, &files) {
            return;
        }
        let number = self.data.schemas.begin(id, &files);
        let id = id.clone();
        self.jobs
            .run_blocking(move || Done::SchemasRead(id, number, Arc::new(read_schemas(&files))));
    }

    /// Schema files were read.
    pub(super) fn schemas_read(&mut self, id: &ProfileId, number: u64, schemas: Arc<Schemas>) {
        self.data.schemas.put(id, number, schemas);
        self.hand_out_schemas();
    }

    /// Sees to it that every open connection reads with the schemas that its profile names.
    pub(super) fn hand_out_schemas(&mut self) {
        for id in self.data.open.ids() {
            self.load_schemas(&id, false);
            let schemas = self.data.schemas.of(&id);
            if let Some(session) = self.data.open.get_mut(Some(&id)) {
                session.schemas = schemas;
            }
        }
    }
}
