//! Who may connect and publish, and what the broker's own hooks tell about its clients.

use std::future::{Future, ready};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use mqtt5::broker::storage::{DynamicStorage, StorageBackend};
use mqtt5::broker::{
    AuthProvider, AuthResult, BrokerEventHandler, ClientConnectEvent, ClientPublishEvent,
    ClientSubscribeEvent, ClientUnsubscribeEvent, MessageDeliveredEvent, PublishAction,
    SubAckReasonCode,
};
use mqtt5::packet::connect::ConnectPacket;
use mqtt5::protocol::v5::reason_codes::ReasonCode;

use crate::profile::Secret;

use super::clients::{Clients, Hello};

/// What the traits of `mqtt5` return.
type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Lets clients in by one user name and password, or everyone; keeps `$SYS` to the broker itself.
pub(super) struct Access {
    /// User name and password; `None` lets everyone in.
    pub(super) credentials: Option<(String, Secret)>,
    /// Told about each client that is let in.
    pub(super) clients: Arc<Clients>,
}

impl Access {
    fn admits(&self, connect: &ConnectPacket) -> bool {
        self.credentials.as_ref().is_none_or(|(name, secret)| {
            let password = connect.password.as_deref().unwrap_or_default();
            let name_fits = connect.username.as_deref() == Some(name.as_str());
            same_bytes(password, secret.reveal().as_bytes()) && name_fits
        })
    }
}

/// Compares without telling by its duration how far two passwords agree.
fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    let difference = left
        .iter()
        .zip(right)
        .fold(0, |difference, (left, right)| difference | (left ^ right));
    left.len() == right.len() && difference == 0
}

impl AuthProvider for Access {
    fn authenticate<'a>(
        &'a self,
        connect: &'a ConnectPacket,
        address: SocketAddr,
    ) -> Boxed<'a, mqtt5::Result<AuthResult>> {
        if !self.admits(connect) {
            let refused = AuthResult::fail(ReasonCode::BadUsernameOrPassword);
            return Box::pin(ready(Ok(refused)));
        }
        let hello = Hello {
            client_id: connect.client_id.clone(),
            level: connect.protocol_version,
            keep_alive: connect.keep_alive,
            will_topic: connect.will.as_ref().map(|will| will.topic.clone()),
        };
        self.clients.identified(address, hello);
        Box::pin(async move {
            self.clients.take_over(address).await;
            Ok(AuthResult::success())
        })
    }

    fn authorize_publish<'a>(
        &'a self,
        _client_id: &str,
        _user_id: Option<&'a str>,
        topic: &'a str,
    ) -> Boxed<'a, bool> {
        // Asked for each message: boxes of nothing take no memory.
        if topic == "$SYS" || topic.starts_with("$SYS/") {
            Box::pin(ready(false))
        } else {
            Box::pin(Granted)
        }
    }

    fn authorize_subscribe<'a>(
        &'a self,
        _client_id: &str,
        _user_id: Option<&'a str>,
        _topic_filter: &'a str,
    ) -> Boxed<'a, bool> {
        Box::pin(Granted)
    }
}

/// `true` at once, without a byte to allocate.
struct Granted;

impl Future for Granted {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<bool> {
        Poll::Ready(true)
    }
}

/// Nothing to be done, likewise.
struct Done;

impl Future for Done {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// Lets a message go its way, likewise.
struct Continue;

impl Future for Continue {
    type Output = PublishAction;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<PublishAction> {
        Poll::Ready(PublishAction::Continue)
    }
}

/// Keeps [`Clients`] up to date from the broker's events. A closed connection is noted where its task ends.
pub(super) struct Listener {
    /// What is kept up to date.
    pub(super) clients: Arc<Clients>,
    /// Asked for the subscriptions of a session that is resumed.
    pub(super) storage: Arc<DynamicStorage>,
}

impl Listener {
    async fn resumed_filters(&self, event: &ClientConnectEvent) -> Vec<String> {
        if event.clean_start {
            return Vec::new();
        }
        match self.storage.get_session(&event.client_id).await {
            Ok(Some(session)) => session.subscriptions.into_keys().collect(),
            Ok(None) | Err(_) => Vec::new(),
        }
    }
}

impl BrokerEventHandler for Listener {
    fn on_client_connect(&self, event: ClientConnectEvent) -> Boxed<'_, ()> {
        Box::pin(async move {
            let filters = self.resumed_filters(&event).await;
            self.clients.connected(&event.client_id, filters);
        })
    }

    fn on_client_subscribe(&self, event: ClientSubscribeEvent) -> Boxed<'_, ()> {
        let granted = event
            .subscriptions
            .iter()
            .filter(|subscription| is_granted(subscription.result))
            .map(|subscription| &*subscription.topic_filter);
        self.clients.subscribed(&event.client_id, granted);
        Box::pin(ready(()))
    }

    fn on_client_unsubscribe(&self, event: ClientUnsubscribeEvent) -> Boxed<'_, ()> {
        let filters = event.topic_filters.iter().map(|filter| &**filter);
        self.clients.unsubscribed(&event.client_id, filters);
        Box::pin(ready(()))
    }

    // Without these two each message would be copied to the heap, which is what the defaults do.
    fn on_client_publish(&self, _event: ClientPublishEvent) -> Boxed<'_, PublishAction> {
        Box::pin(Continue)
    }

    fn on_message_delivered(&self, _event: MessageDeliveredEvent) -> Boxed<'_, ()> {
        Box::pin(Done)
    }
}

fn is_granted(result: SubAckReasonCode) -> bool {
    matches!(
        result,
        SubAckReasonCode::GrantedQoS0
            | SubAckReasonCode::GrantedQoS1
            | SubAckReasonCode::GrantedQoS2
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_the_same_only_when_all_bytes_are() {
        assert!(same_bytes(b"secret", b"secret"));
        assert!(!same_bytes(b"secre", b"secret"));
        assert!(!same_bytes(b"secret", b"Secret"));
        assert!(!same_bytes(b"", b"secret"));
    }
}
