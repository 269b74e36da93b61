//! What is kept on disk: connection profiles with their saved publishes, settings and window state as RON files
//! written atomically, and passwords in the OS keyring.

mod charts;
mod color;
mod command;
mod connect_properties;
mod connection;
mod disk;
mod exchange;
mod folders;
mod kept;
mod keyring;
mod leaving;
mod list;
mod lookup;
mod publish;
mod reading;
mod secret;
mod settings;
mod store;
mod subscription;
mod tls;
mod transport;
mod url;
mod validate;
mod will;

pub use charts::{Chart, ChartAxis, ChartSeries, ChartWindow, SeriesKey};
pub use color::ProfileColor;
pub use command::{CommandError, FromCommand, FromCommandError, from_command};
pub use connect_properties::{Authentication, Mqtt5Settings};
pub use connection::{Profile, ProfileId, Session};
pub use exchange::{
    CertificateFile, CertificatePart, Choice, ExportError, Format, ImportError, Imported,
    documents, export, export_place, import, write_export,
};
pub use folders::{
    Folder, delete_folder, folder_path, folders, folders_with, is_within, move_to_folder,
    place_in_folder, rename_folder,
};
pub use kept::{KeptKind, KeptValues, Place, bytes_to_text, is_secret_name, text_to_bytes};
pub use keyring::KeyringSecrets;
pub use leaving::path_to_show;
pub use list::{
    LOCAL_BROKER, Removed, duplicate, ensure_local_broker, put_back, remove, reorder, search,
    unique_name,
};
pub use lookup::{FoundSecrets, MissingSecret, OfRun};
pub use publish::{PayloadKind, PublishDraft, PublishProperties, SavedPublish};
pub use reading::{FormatRule, ReadingSettings, read_schemas};
pub use secret::{MemorySecrets, Secret, SecretError, SecretKind, SecretStore};
pub use settings::{BrokerSettings, ListState, Settings, Theme, WindowState};
pub use store::{ConfigDir, StoreError, Warning};
pub use subscription::{LARGEST_SUBSCRIPTION_ID, RetainHandling, Subscription};
pub use tls::{Fingerprint, Identity, TlsSettings, TlsVersion, Verify};
pub use transport::{ProxyKind, ProxySettings, Transport, WebSocketSettings};
pub use url::{Url, UrlError, apply_url, left_out};
pub use validate::{Field, Problem, Severity};
pub use will::WillSettings;
