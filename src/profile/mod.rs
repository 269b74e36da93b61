//! What is kept on disk: connection profiles with their saved publishes, settings and window state as RON files
//! written atomically, and passwords in the OS keyring.

mod connection;
mod publish;
mod secret;
mod settings;
mod store;

pub use connection::{Profile, ProfileId, Session, Subscription, WillSettings};
pub use publish::{PayloadKind, PublishDraft, PublishProperties, SavedPublish};
pub use secret::{KeyringSecrets, MemorySecrets, Secret, SecretError, SecretStore};
pub use settings::{BrokerSettings, Settings, Theme, WindowState};
pub use store::{ConfigDir, StoreError, Warning};
