//! What views ask for. A view pushes actions; [`super::App`] applies them after the frame was laid out.

use bytes::Bytes;

use crate::client::{Outgoing, PublishId};
use crate::model::{NodeId, SortBy};
use crate::mqtt::Qos;
use crate::profile::{
    BrokerSettings, Fingerprint, Profile, ProfileId, Secret, SecretKind, Settings, Subscription,
};

use super::chart_action::ChartAction;
use super::dialogs::{PublishQuestion, PublishWhat};
use super::history_action::HistoryAction;
use super::list_action::ListAction;
use super::reading_action::ReadingAction;
use super::retained::RetainedAction;
use super::traffic_action::TrafficAction;

/// Names a secret: whose, and which of them.
pub type SecretKey = (ProfileId, SecretKind);

/// Importance of a toast and of a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Good to know.
    Info,
    /// Something worked.
    Success,
    /// Look at this.
    Warning,
    /// Something failed.
    Error,
}

/// How long a typed secret is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// Until the program ends.
    ThisRun,
    /// In the system keyring.
    InKeyring,
}

/// Which panel the bottom dock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DockTab {
    /// Publish by hand.
    #[default]
    Publish,
    /// The broker inside.
    Broker,
    /// The log.
    Log,
    /// Who floods the broker.
    Traffic,
}

/// An action, and the connection whose views asked for it: what it changes about a connection, it changes there, whatever
/// is shown by then.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The connection's profile; `None` where none was shown.
    pub of: Option<ProfileId>,
    /// What is to be done.
    pub action: Action,
}

/// Something a view asks the application to do.
#[derive(Debug, Clone)]
pub enum Action {
    // ---- profiles
    /// Show this profile in the connections screen.
    SelectProfile(ProfileId),
    /// Add a profile with default values and select it.
    NewProfile,
    /// Copy a profile under a new name.
    DuplicateProfile(ProfileId),
    /// Delete a profile; a toast offers to undo it.
    DeleteProfile(ProfileId),
    /// Delete this profile although something is under way on its connection.
    DeleteProfileConfirmed(ProfileId),
    /// Put the profile deleted last back where it was.
    UndoDeleteProfile,
    /// Save a profile that came from the command line.
    KeepProfile(ProfileId),
    /// Replace a profile by its edited version; saved at once.
    EditProfile(Box<Profile>),
    /// Something that concerns the list as a whole.
    List(ListAction),
    /// Keep a secret of a profile (keyring, else for this run); `None` forgets it.
    SetSecret(SecretKey, Option<Secret>),
    /// Trust the broker's certificate with this fingerprint in this profile, whatever else is wrong with it, and connect.
    TrustCertificate(ProfileId, Fingerprint),

    // ---- connection
    /// Show the list of connections.
    ShowConnections,
    /// Show the topic tree.
    ShowExplorer,
    /// Connect with a profile; asks for the secrets that are not known.
    Connect(ProfileId),
    /// Connect with a secret that was just typed, and perhaps keep it in the keyring.
    ConnectWith(SecretKey, Secret, Keep),
    /// Test a connection with a secret that was just typed, and perhaps keep it in the keyring.
    ExamineWith(SecretKey, Secret, Keep),
    /// Test the connection of a profile step by step, beside whatever is open.
    Examine(ProfileId),
    /// Say DISCONNECT and end.
    Disconnect,
    /// Cut the connection without a word, so that the will fires.
    DropConnection,
    /// Do not wait for the rest of the back-off.
    ReconnectNow,
    /// Subscribe (also to change the QoS) and remember it in the profile.
    Subscribe(String, Qos),
    /// Subscribe with these options, in the place of another filter if one is named, and remember it in the profile.
    SubscribeAs(Option<String>, Box<Subscription>),
    /// Open the form for one more subscription.
    NewSubscription,
    /// Show the list of all subscriptions.
    ShowSubscriptions,
    /// Unsubscribe and forget it in the profile.
    Unsubscribe(String),

    // ---- tabs
    /// Something about the tab of a connection.
    Tab(TabAction),

    // ---- payloads
    /// Something about how payloads are read.
    Reading(ReadingAction),

    // ---- tree
    /// Select a topic or branch.
    Select(NodeId),
    /// Select by path, opening the branches above.
    SelectPath(String),
    /// Open or close a branch.
    SetOpen(NodeId, bool),
    /// Open or close a branch with everything below; `None` means the whole tree.
    SetOpenBelow(Option<NodeId>, bool),
    /// Order of siblings.
    SortBy(SortBy),
    /// Freeze or resume the tree.
    SetPaused(bool),
    /// The text of the filter box changed.
    Filter(String),
    /// Move the keyboard focus into the filter box.
    FocusFilter,
    /// Move the keyboard focus into the tree.
    FocusTree,
    /// Something about retained messages.
    Retained(RetainedAction),

    // ---- charts
    /// Something about charts and the dashboard.
    Chart(ChartAction),

    // ---- traffic
    /// Something about the traffic.
    Traffic(TrafficAction),

    // ---- history
    /// Something about messages of the history.
    History(HistoryAction),

    // ---- publish
    /// Publish a message.
    Publish(PublishId, Outgoing),
    /// End the repetition of the publish panel.
    StopRepeating,
    /// Ask whether to publish on a connection that wants it.
    AskPublish(PublishQuestion),
    /// Publish what was asked about; the second part means to ask no more until the connection is ended.
    PublishAsked(PublishWhat, bool),
    /// Show the publish panel and move the keyboard into it.
    FocusPublish,
    /// Fill the publish panel's topic and show it.
    PublishHere(String),
    /// The same for the answer to a request, with the correlation data that it has to carry.
    PublishAnswer(String, Bytes),

    // ---- broker inside
    /// Start the broker as the settings say, and connect to it.
    StartBroker,
    /// The same on another port, which is kept in the settings.
    StartBrokerOn(u16),
    /// Stop the broker and its demo.
    StopBroker,
    /// Start broker and demo devices.
    StartDemo,
    /// Stop the demo devices.
    StopDemo,
    /// End a client's connection.
    DisconnectClient(String),
    /// Keep the broker's settings; a password replaces the one in the keyring. Restarts a running broker.
    SaveBroker(BrokerSettings, Option<Secret>),

    // ---- window
    /// Show a panel of the dock.
    ShowDock(DockTab),
    /// Keep these settings.
    SaveSettings(Box<Settings>),
    /// Open the settings.
    OpenSettings,
    /// Open the broker's settings.
    OpenBrokerSettings,
    /// Open the broker's settings, and start the broker once they are saved.
    ReconfigureBroker,
    /// Open the command palette.
    OpenPalette,
    /// Open the list of keys.
    OpenKeys,
    /// Copy text; the second part says what it was.
    Copy(String, &'static str),
    /// Forget the lines of the log.
    ClearLog,
    /// Show a toast and write it to the log.
    Toast(Level, String),
}

/// What is asked about the tabs of connections.
#[derive(Debug, Clone)]
pub enum TabAction {
    /// Show the tab of this profile.
    Show(ProfileId),
    /// Show the tab that many places on the right, in a circle.
    Step(isize),
    /// Move the tab of this profile to this place.
    Move(ProfileId, usize),
    /// Give the tab of this profile a window of its own.
    Detach(ProfileId),
    /// Make the window of this profile a tab again.
    Attach(ProfileId),
    /// Say DISCONNECT and close the tab or window; asks first when something would be cut short.
    Close(ProfileId),
    /// The same without asking.
    CloseConfirmed(ProfileId),
}
