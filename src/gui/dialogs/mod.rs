//! Windows over the window: settings, the broker's settings, a password, confirmations, the list of keys.
//!
//! A dialog is opened by giving one of the constructors of [`Dialog`] to [`Dialogs`]. Esc closes it, Enter confirms it,
//! and the keyboard stays inside while it is open.

mod about;
mod address;
mod ask_publish;
mod broker;
mod certificate;
mod close;
mod doctor;
mod export;
mod folder;
mod frame;
mod import;
mod keys;
mod new_from_command;
mod password;
mod path_field;
mod port;
mod reading_rules;
mod settings;
mod subscriptions;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_frame;

use std::collections::VecDeque;
use std::path::PathBuf;

use egui::{Id, Modal, Ui};

use crate::client::doctor::Examination;
use crate::client::{Failure, PeerCertificate};
use crate::profile::{BrokerSettings, Place, Profile, ProfileId, SecretKind};

use super::context::Context;
use super::list_action::FolderTask;
use super::retained::{ClearDialog, Gathered, ProgressDialog, RunId};
use ask_publish::AskPublishDialog;
pub use ask_publish::{PublishQuestion, PublishWhat};
use broker::BrokerDialog;
use certificate::CertificateDialog;
use close::CloseDialog;
use doctor::DoctorDialog;
use export::ExportDialog;
use folder::FolderDialog;
pub use frame::{
    Buttons, Outcome, beside_color, buttons_ui, heading_ui, room_for_contents, start_here, text_ui,
};
use import::ImportDialog;
use new_from_command::NewFromCommandDialog;
use password::PasswordDialog;
pub use password::Purpose;
use port::PortDialog;
use reading_rules::ReadingRulesDialog;
use settings::SettingsDialog;
use subscriptions::SubscriptionsDialog;

/// The open dialog with the connection that it is about, and those that wait for it to close: several connections that
/// open at once may each want to ask something.
#[derive(Debug, Default)]
pub struct Dialogs {
    open: Dialog,
    of: Option<ProfileId>,
    has_just_opened: bool,
    waiting: VecDeque<(Option<ProfileId>, Dialog)>,
}

impl Dialogs {
    /// Opens `dialog`, now or after the ones that are there. What it asks for it asks for the connection `of`.
    pub fn show(&mut self, of: Option<&ProfileId>, dialog: Dialog) {
        self.waiting.push_back((of.cloned(), dialog));
        self.take_next();
    }

    /// Whether one is open.
    pub fn is_open(&self) -> bool {
        self.open.is_open()
    }

    /// The connection that the open one is about.
    pub fn of(&self) -> Option<&ProfileId> {
        self.of.as_ref()
    }

    /// Whether one has opened since that was asked last.
    pub fn take_opened(&mut self) -> bool {
        std::mem::take(&mut self.has_just_opened)
    }

    /// Draws the open one, in the context of the connection that it is about.
    pub fn ui(&mut self, ui: &Ui, context: &Context<'_>) {
        self.open.ui(ui, context);
        self.take_next();
    }

    fn take_next(&mut self) {
        if !self.open.is_open()
            && let Some((of, dialog)) = self.waiting.pop_front()
        {
            self.of = of;
            self.open = dialog;
            self.has_just_opened = true;
        }
    }
}

/// Which dialog is open, with its state.
#[derive(Debug, Default)]
pub enum Dialog {
    /// None.
    #[default]
    Closed,
    /// The settings of the program.
    Settings(SettingsDialog),
    /// Where the broker inside listens, and for whom.
    Broker(BrokerDialog),
    /// A password that is needed to connect.
    Password(PasswordDialog),
    /// A certificate that is not trusted.
    Certificate(CertificateDialog),
    /// Which retained messages are about to be cleared.
    Clear(ClearDialog),
    /// How far clearings are, and the question before an undo.
    Cleared(ProgressDialog),
    /// What is cut short when a tab is closed.
    Close(CloseDialog),
    /// Another program listens where the broker wants to.
    Port(PortDialog),
    /// A test of a connection.
    Doctor(DoctorDialog),
    /// Whether to publish on a connection that asks first.
    AskPublish(AskPublishDialog),
    /// A folder of the list of connections.
    Folder(FolderDialog),
    /// Connections from a file.
    Import(ImportDialog),
    /// Connections to a file.
    Export(ExportDialog),
    /// A connection from a command.
    NewFromCommand(Box<NewFromCommandDialog>),
    /// The subscriptions of the open connection.
    Subscriptions(SubscriptionsDialog),
    /// Formats and schemas of a profile.
    ReadingRules(ReadingRulesDialog),
    /// All keys.
    Keys,
    /// Version and licences.
    About,
}

impl Dialog {
    /// The settings of the program.
    pub fn settings() -> Self {
        Self::Settings(SettingsDialog::default())
    }

    /// The broker's settings, to be edited and saved.
    pub fn broker(settings: &BrokerSettings) -> Self {
        Self::Broker(BrokerDialog::new(settings))
    }

    /// Asks for a secret of `profile` and connects with it. `no_keyring` says why none can be kept, in a sentence.
    pub fn password(profile: &Profile, kind: SecretKind, no_keyring: Option<String>) -> Self {
        Self::Password(PasswordDialog::new(profile, kind, no_keyring))
    }

    /// Asks for a value that lets somebody in, such as that of a header, and connects with it. `no_keyring` as above.
    pub fn kept_value(profile: &Profile, place: Place, no_keyring: Option<String>) -> Self {
        Self::Password(PasswordDialog::for_place(profile, place, no_keyring))
    }

    /// What becomes of the secret that it asks for.
    #[must_use]
    pub fn asked_for(self, purpose: Purpose) -> Self {
        match self {
            Self::Password(dialog) => Self::Password(dialog.asked_for(purpose)),
            other => other,
        }
    }

    /// Shows the certificates of the broker, its own first, and why it is not trusted; offers to trust it in `profile`.
    pub fn certificate(
        profile: &Profile,
        failure: &Failure,
        certificates: Vec<PeerCertificate>,
    ) -> Self {
        Self::Certificate(CertificateDialog::new(profile, failure, certificates))
    }

    /// Shows these retained messages and asks whether they are to be cleared.
    pub fn clear_retained(gathered: Gathered) -> Self {
        Self::Clear(ClearDialog::new(gathered))
    }

    /// Shows how far clearings are.
    pub fn retained_progress() -> Self {
        Self::Cleared(ProgressDialog::new())
    }

    /// Asks whether to publish again what this clearing took away.
    pub fn ask_undo(run: RunId) -> Self {
        Self::Cleared(ProgressDialog::ask(run))
    }

    /// Says what is cut short when the tab of `profile` is closed, and asks whether to.
    pub fn close_tab(profile: &Profile, unfinished: Vec<String>) -> Self {
        Self::Close(CloseDialog::new(profile, unfinished))
    }

    /// Asks whether to delete a profile whose connection has this under way.
    pub fn delete_open(profile: &Profile, unfinished: Vec<String>) -> Self {
        Self::Close(CloseDialog::delete(profile, unfinished))
    }

    /// Explains that `port` is taken, and offers the next free one.
    pub fn port_taken(port: u16, next_free: Option<u16>) -> Self {
        Self::Port(PortDialog::new(port, next_free))
    }

    /// Shows how the connection of the profile with this name is tested; closing it cancels the test.
    pub fn doctor(name: String, examination: Examination) -> Self {
        Self::Doctor(DoctorDialog::new(name, examination))
    }

    /// Asks whether to publish.
    pub fn ask_publish(question: PublishQuestion) -> Self {
        Self::AskPublish(AskPublishDialog::new(question))
    }

    /// Makes or renames a folder, or moves a profile into one.
    pub fn folder(task: FolderTask, profiles: &[Profile]) -> Self {
        Self::Folder(FolderDialog::new(task, profiles))
    }

    /// Takes over connections from this file, or from one that is asked for.
    pub fn import(path: Option<PathBuf>) -> Self {
        Self::Import(ImportDialog::new(path))
    }

    /// Writes these connections to a file; `what` says which they are.
    pub fn export(profiles: Vec<Profile>, what: String) -> Self {
        Self::Export(ExportDialog::new(profiles, what))
    }

    /// Makes a connection of a command.
    pub fn new_from_command() -> Self {
        Self::NewFromCommand(Box::default())
    }

    /// Shows all subscriptions of the open connection.
    pub fn subscriptions() -> Self {
        Self::Subscriptions(SubscriptionsDialog::default())
    }

    /// Shows the formats and schemas of the connection's profile.
    pub fn reading_rules() -> Self {
        Self::ReadingRules(ReadingRulesDialog::default())
    }

    /// Whether a dialog is open.
    pub fn is_open(&self) -> bool {
        !matches!(self, Self::Closed)
    }

    /// Draws the open dialog, if any.
    pub fn ui(&mut self, ui: &Ui, context: &Context<'_>) {
        if !self.is_open() {
            return;
        }
        let modal = Modal::new(Id::unique(("dialog", std::mem::discriminant(self))))
            .frame(frame::outer(ui));
        let response = modal.show(ui.ctx(), |ui| {
            let outcome = self.contents_ui(ui, context);
            if frame::cross_ui(ui) {
                Outcome::Close
            } else {
                outcome
            }
        });
        // a click beside it is no wish to lose what was typed
        let is_kept = response.backdrop_response.clicked() && self.has_input();
        match &response.inner {
            Outcome::Stay if is_kept || !response.should_close() => {}
            Outcome::Stay | Outcome::Close => *self = Self::Closed,
            Outcome::ShowKeys => *self = Self::Keys,
            Outcome::ShowAbout => *self = Self::About,
        }
    }

    /// Whether something was typed or chosen in it that is lost when it closes.
    fn has_input(&self) -> bool {
        match self {
            Self::Broker(dialog) => dialog.has_input(),
            Self::Password(dialog) => dialog.has_input(),
            Self::Clear(dialog) => dialog.has_input(),
            Self::Folder(dialog) => dialog.has_input(),
            Self::Import(dialog) => dialog.has_input(),
            Self::NewFromCommand(dialog) => dialog.has_input(),
            Self::ReadingRules(dialog) => dialog.has_input(),
            Self::Export(_) => true,
            Self::Closed
            | Self::Settings(_)
            | Self::Certificate(_)
            | Self::Cleared(_)
            | Self::Close(_)
            | Self::Port(_)
            | Self::Doctor(_)
            | Self::AskPublish(_)
            | Self::Subscriptions(_)
            | Self::Keys
            | Self::About => false,
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui, context: &Context<'_>) -> Outcome {
        match self {
            Self::Closed => Outcome::Close,
            Self::Settings(dialog) => dialog.ui(ui, context),
            Self::Broker(dialog) => dialog.ui(ui, context),
            Self::Password(dialog) => dialog.ui(ui, context),
            Self::Certificate(dialog) => dialog.ui(ui, context),
            Self::Clear(dialog) => dialog.ui(ui, context),
            Self::Cleared(dialog) => dialog.ui(ui, context),
            Self::Close(dialog) => dialog.ui(ui, context),
            Self::Port(dialog) => dialog.ui(ui, context),
            Self::Doctor(dialog) => dialog.ui(ui, context),
            Self::AskPublish(dialog) => dialog.ui(ui, context),
            Self::Folder(dialog) => dialog.ui(ui, context),
            Self::Import(dialog) => dialog.ui(ui, context),
            Self::Export(dialog) => dialog.ui(ui, context),
            Self::NewFromCommand(dialog) => dialog.ui(ui, context),
            Self::Subscriptions(dialog) => dialog.ui(ui, context),
            Self::ReadingRules(dialog) => dialog.ui(ui, context),
            Self::Keys => keys::keys_ui(ui),
            Self::About => about::about_ui(ui),
        }
    }
}
