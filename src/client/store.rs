//! The detour that lets MQTT 5 resume a session which an earlier run of the program began.

use std::future::Future;
use std::pin::Pin;

/// Tells rumqttc (MQTT 5) that a session which the broker still has is known here, with nothing in flight: without
/// it a session from an earlier run of the program would be refused although the standard allows it
/// (MQTT 5, 3.2.2.1.1: the client decides what to do when it has no state of its own).
#[derive(Debug)]
pub(super) struct KnownButEmpty {
    /// Seconds, as in CONNECT.
    pub(super) session_expiry: u32,
    /// As set in the options.
    pub(super) in_flight: u16,
    /// As set in the options.
    pub(super) ack_mode: rumqttc::PersistedAckMode,
}

type StoreFuture<'a, T> =
    Pin<Box<dyn Future<Output = Result<T, rumqttc::SessionStoreError>> + Send + 'a>>;

impl rumqttc::SessionStore for KnownButEmpty {
    fn load<'a>(
        &'a self,
        key: &'a rumqttc::SessionStoreKey,
    ) -> StoreFuture<'a, Option<rumqttc::PersistedSession>> {
        let session = rumqttc::PersistedSession {
            format_version: 1,
            client_id: key.client_id().to_owned(),
            clean_start: false,
            session_expiry_interval: Some(self.session_expiry),
            outgoing_inflight_upper_limit: Some(self.in_flight),
            ack_mode: self.ack_mode,
            last_pkid: 0,
            last_puback: 0,
            replay: Vec::new(),
            incoming_qos2: Vec::new(),
        };
        Box::pin(async { Ok(Some(session)) })
    }

    fn save<'a>(
        &'a self,
        _key: &'a rumqttc::SessionStoreKey,
        _session: &'a rumqttc::PersistedSession,
    ) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn clear<'a>(&'a self, _key: &'a rumqttc::SessionStoreKey) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}
