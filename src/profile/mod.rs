//! What is kept on disk: connection profiles with their saved publishes, settings and window state as RON files
//! written atomically, and passwords in the OS keyring.

mod connection;
mod disk;
mod keyring;
mod list;
mod mosquitto;
mod publish;
mod secret;
mod settings;
mod store;
mod validate;

pub use connection::{Profile, ProfileId, Session, Subscription, WillSettings};
pub use keyring::KeyringSecrets;
pub use list::{
    LOCAL_BROKER, Removed, duplicate, ensure_local_broker, put_back, remove, reorder, search,
};
pub use mosquitto::CommandError;
pub use publish::{PayloadKind, PublishDraft, PublishProperties, SavedPublish};
pub use secret::{MemorySecrets, Secret, SecretError, SecretStore};
pub use settings::{BrokerSettings, Settings, Theme, WindowState};
pub use store::{ConfigDir, StoreError, Warning};
pub use validate::{Field, Problem, Severity};
