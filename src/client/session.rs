//! The session behind rumqttc: the only place where the two protocol versions differ.
//!
//! rumqttc 0.34 is used with these limits and detours, each with a test in `tests/client_workarounds.rs`:
//! at most [`IN_FLIGHT`] unacknowledged publishes (with thousands, MQTT 5 reports acknowledgements as unsolicited
//! after a reconnect, and its tables cost time and memory); a session store that says "known, but empty" (MQTT 5
//! refuses to resume a session that this process did not begin); packets of any size instead of 10 KiB.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use rumqttc::mqttbytes::v5::RetainForwardRule;

use crate::mqtt::{PacketId, Properties, Qos, ReasonCode, TopicFilter, Version};
use crate::profile::{Authentication, RetainHandling};

use super::Outgoing;
use super::dial::BoxedStream;
use super::plan::{Plan, Will};
use super::scram::Scram;
use super::store::KnownButEmpty;
use super::subscriptions::Wish;
use super::tap::Tap;

/// How many publishes may be unacknowledged in MQTT 5; the broker's Receive Maximum can lower it (3.2.2.3.3).
const IN_FLIGHT: u16 = 100;
/// The same in MQTT 3.1.1, where a broker cannot say how many it takes. mosquitto closes the connection of a client
/// that has more than 20 at QoS 2, so 20 is what its own clients and paho use, too.
const IN_FLIGHT_V311: u16 = 20;
/// Publishes that may wait inside rumqttc; the driver hands over fewer.
const QUEUE: usize = 512;

/// The stream rumqttc is given.
pub(super) type Dialed = Tap<BoxedStream>;
/// Opens the stream of one attempt.
pub(super) type Connector =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = io::Result<Dialed>> + Send>> + Send + Sync>;

/// Takes requests.
pub(super) enum Requests {
    V4(rumqttc_v4::AsyncClient),
    V5(rumqttc::AsyncClient),
}

/// Does the work; [`Polls::poll`] must run in a task of its own.
pub(super) enum Polls {
    V4(Box<rumqttc_v4::EventLoop>),
    V5(Box<rumqttc::EventLoop>, Option<SharedScram>),
}

/// The exchange of SCRAM, which rumqttc asks for its messages.
type SharedScram = Arc<std::sync::Mutex<Scram>>;

/// What a poll brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// CONNACK was accepted.
    Connected,
    /// Something the tap has seen too.
    Other,
}

/// Why a connection or an attempt is over, as far as rumqttc can tell.
#[derive(Debug)]
pub(super) enum Loss {
    /// DISCONNECT was written, as asked.
    Done,
    /// The time for connecting was up.
    ConnectTimeout,
    /// The broker did not take what was written in time.
    WriteTimeout,
    /// No PINGRESP.
    PingTimeout,
    /// CONNACK refused; the tap has seen why.
    Refused,
    /// CONNACK says a session is present after a clean start.
    UnexpectedSession,
    /// The broker closed the connection.
    Closed,
    /// The socket failed.
    Io(io::Error),
    /// The broker broke a rule, in rumqttc's words.
    Protocol(String),
}

/// What became of a publish.
#[derive(Debug)]
pub(super) enum Published {
    /// QoS 0: written.
    Written,
    /// QoS 1 and 2: acknowledged with this reason, which may be a refusal, and the broker's words.
    Acknowledged(ReasonCode, Option<String>),
    /// QoS 2: PUBCOMP came. Its reason is success, or that the broker no longer knows the packet identifier, which
    /// after a reconnect only says that it had completed before (MQTT 5, 3.7.2.1).
    Completed(ReasonCode),
    /// The session it belonged to is gone.
    SessionLost,
    /// QoS 0: the connection was lost before it was written.
    NotWritten,
    /// Anything else.
    Failed(String),
}

/// A request that was not taken: the queue is full or the session is over.
#[derive(Debug)]
pub(super) struct NotTaken;

/// Prepares a session; nothing happens before the first poll.
pub(super) fn open(plan: &Plan, connector: Connector) -> (Requests, Polls) {
    match plan.version {
        Version::V311 => open_v4(plan, connector),
        Version::V5 => open_v5(plan, connector),
    }
}

fn open_v4(plan: &Plan, connector: Connector) -> (Requests, Polls) {
    let mut options = rumqttc_v4::MqttOptions::new(plan.client_id.clone(), address(plan));
    options
        .set_keep_alive(plan.keep_alive)
        .set_clean_session(plan.clean_start)
        .set_max_packet_size(to_usize(plan.max_packet_size), usize::MAX)
        .set_inflight(IN_FLIGHT_V311)
        .set_socket_connector(move |_address, _options| connector());
    if plan.extras.acknowledge_by_hand {
        options.set_ack_mode(rumqttc_v4::AckMode::Manual);
    }
    match (&plan.user_name, &plan.password) {
        (Some(name), Some(password)) => {
            options.set_credentials(name.clone(), password.clone());
        }
        (Some(name), None) => {
            options.set_username(name.clone());
        }
        (None, _) => {}
    }
    if let Some(will) = &plan.will {
        options.set_last_will(rumqttc_v4::LastWill::new(
            will.topic.as_str(),
            will.message.clone(),
            qos_v4(will.qos),
            will.retain,
        ));
    }
    let (client, mut event_loop) = rumqttc_v4::AsyncClient::builder(options)
        .capacity(QUEUE)
        .build();
    let mut network = event_loop.network_options();
    network.set_connection_timeout(plan.connect_timeout.as_secs());
    event_loop.set_network_options(network);
    (Requests::V4(client), Polls::V4(Box::new(event_loop)))
}

fn open_v5(plan: &Plan, connector: Connector) -> (Requests, Polls) {
    let mut options = rumqttc::MqttOptions::new(plan.client_id.clone(), address(plan));
    options
        .set_keep_alive(plan.keep_alive)
        .set_clean_start(plan.clean_start)
        .set_max_packet_size(Some(plan.max_packet_size))
        .set_outgoing_inflight_upper_limit(IN_FLIGHT)
        .set_connect_timeout(plan.connect_timeout)
        .set_socket_connector(move |_address, _options| connector());
    if !plan.clean_start {
        options
            .set_session_expiry_interval(Some(plan.session_expiry))
            .set_session_store(KnownButEmpty {
                session_expiry: plan.session_expiry,
                ack_mode: if plan.extras.acknowledge_by_hand {
                    rumqttc::PersistedAckMode::Manual
                } else {
                    rumqttc::PersistedAckMode::Automatic
                },
                in_flight: IN_FLIGHT,
            });
    }
    match (&plan.user_name, &plan.password) {
        (Some(name), Some(password)) => {
            options.set_credentials(name.clone(), password.clone());
        }
        (Some(name), None) => {
            options.set_username(name.clone());
        }
        (None, Some(password)) => {
            options.set_password(password.clone());
        }
        (None, None) => {}
    }
    if plan.extras.acknowledge_by_hand {
        options.set_ack_mode(rumqttc::AckMode::Manual);
    }
    set_connect_properties(&mut options, &plan.connect);
    set_connect_properties(&mut options, &plan.extras.connect);
    let scram = set_authentication(&mut options, plan);
    if let Some(will) = &plan.will {
        options.set_last_will(will_v5(will, &plan.extras.will));
    }
    let (client, event_loop) = rumqttc::AsyncClient::builder(options)
        .capacity(QUEUE)
        .build();
    (Requests::V5(client), Polls::V5(Box::new(event_loop), scram))
}

/// What rumqttc is told; the stream itself is dialed by [`Connector`], wherever that leads.
fn address(plan: &Plan) -> (String, u16) {
    (plan.target.host.clone(), plan.target.port)
}

/// Extended authentication (MQTT 5, 4.12).
fn set_authentication(options: &mut rumqttc::MqttOptions, plan: &Plan) -> Option<SharedScram> {
    match &plan.authentication {
        Authentication::None => None,
        Authentication::ScramSha256 => {
            let user_name = plan.user_name.as_deref().unwrap_or_default();
            let password = plan.password.as_deref().unwrap_or_default();
            let scram = Arc::new(std::sync::Mutex::new(Scram::new(user_name, password)));
            options
                .clear_auth()
                .set_authentication_method(Some(Scram::METHOD.to_owned()))
                .set_authenticator(Arc::clone(&scram) as _);
            Some(scram)
        }
        Authentication::Other { method, data } => {
            let data = Some(data).filter(|data| !data.is_empty());
            options
                .set_authentication_method(Some(method.clone()))
                .set_authentication_data(data.map(|data| data.clone().into()));
            None
        }
    }
}

fn set_connect_properties(options: &mut rumqttc::MqttOptions, properties: &Properties) {
    if let Some(expiry) = properties.session_expiry {
        options.set_session_expiry_interval(Some(expiry));
    }
    if let Some(maximum) = properties.receive_maximum {
        options.set_receive_maximum(Some(maximum));
    }
    if let Some(maximum) = properties.topic_alias_maximum {
        options.set_topic_alias_max(Some(maximum));
    }
    if let Some(request) = properties.request_response_information {
        options.set_request_response_info(Some(request));
    }
    if let Some(request) = properties.request_problem_information {
        options.set_request_problem_info(Some(request));
    }
    if !properties.user.is_empty() {
        options.set_user_properties(properties.user.clone());
    }
}

fn filter_v5(wish: &Wish, retain_as_published: bool) -> rumqttc::SubscribeFilterInput {
    let options = wish.options;
    rumqttc::SubscribeFilterInput::new(wish.filter.as_str(), qos_v5(wish.qos))
        .no_local(options.no_local)
        .preserve_retain(retain_as_published || options.retain_as_published)
        .retain_forward_rule(match options.retain_handling {
            RetainHandling::SendRetained => RetainForwardRule::OnEverySubscribe,
            RetainHandling::SendIfNew => RetainForwardRule::OnNewSubscribe,
            RetainHandling::DoNotSend => RetainForwardRule::Never,
        })
}

/// `beside` is what a command line adds; it takes the place of the profile's properties when there is any.
fn will_v5(will: &Will, beside: &Properties) -> rumqttc::LastWill {
    let properties = if *beside == Properties::default() {
        &will.properties
    } else {
        beside
    };
    let has_properties = will.delay > 0 || *properties != Properties::default();
    let properties = has_properties.then(|| rumqttc::LastWillProperties {
        delay_interval: (will.delay > 0).then_some(will.delay),
        payload_format_indicator: properties.payload_format,
        message_expiry_interval: properties.message_expiry,
        content_type: properties.content_type.clone(),
        response_topic: properties.response_topic.clone(),
        correlation_data: properties.correlation_data.clone(),
        user_properties: properties.user.clone(),
    });
    rumqttc::LastWill::new(
        will.topic.as_str(),
        will.message.clone(),
        qos_v5(will.qos),
        will.retain,
        properties,
    )
}

impl Requests {
    /// Hands over a publish; the future tells what became of it.
    pub(super) fn publish(
        &self,
        message: &Outgoing,
    ) -> Result<Pin<Box<dyn Future<Output = Published> + Send>>, NotTaken> {
        let topic = message.topic.as_str();
        let payload = message.payload.clone();
        match self {
            Self::V4(client) => {
                let options = rumqttc_v4::PublishOptions::new(qos_v4(message.qos));
                let notice = client
                    .try_publish_tracked(topic, payload, options.retain(message.retain))
                    .map_err(|_not_taken| NotTaken)?;
                Ok(Box::pin(async { published_v4(notice.wait_async().await) }))
            }
            Self::V5(client) => {
                let mut options =
                    rumqttc::PublishOptions::new(qos_v5(message.qos)).retain(message.retain);
                if let Some(properties) = &message.properties {
                    options = options.properties(properties_v5(properties));
                }
                let notice = client
                    .try_publish_tracked(topic, payload, options)
                    .map_err(|_not_taken| NotTaken)?;
                Ok(Box::pin(async { published_v5(notice.wait_async().await) }))
            }
        }
    }

    /// Hands over one SUBSCRIBE for all of `wishes`, which have the same subscription identifier. In MQTT 5 messages
    /// can keep the retain flag they were published with (3.8.3.1), because only that tells for certain what the
    /// broker retains.
    pub(super) fn subscribe(
        &self,
        wishes: &[Wish],
        retain_as_published: bool,
    ) -> Result<(), NotTaken> {
        let taken = match self {
            Self::V4(client) => client
                .try_subscribe_many(wishes.iter().map(|wish| {
                    let filter = wish.filter.as_str().to_owned();
                    rumqttc_v4::SubscribeFilter::new(filter, qos_v4(wish.qos))
                }))
                .is_ok(),
            Self::V5(client) => {
                let filters = wishes
                    .iter()
                    .map(|wish| filter_v5(wish, retain_as_published));
                match wishes.first().and_then(|wish| wish.options.id) {
                    Some(id) => client
                        .try_subscribe_many_with_properties(
                            filters,
                            rumqttc::SubscribeProperties {
                                id: Some(to_usize(id)),
                                user_properties: Vec::new(),
                            },
                        )
                        .is_ok(),
                    None => client.try_subscribe_many(filters).is_ok(),
                }
            }
        };
        taken.then_some(()).ok_or(NotTaken)
    }

    /// Hands over UNSUBSCRIBE.
    pub(super) fn unsubscribe(&self, filter: &TopicFilter) -> Result<(), NotTaken> {
        let taken = match self {
            Self::V4(client) => client.try_unsubscribe(filter.as_str()).is_ok(),
            Self::V5(client) => client.try_unsubscribe(filter.as_str()).is_ok(),
        };
        taken.then_some(()).ok_or(NotTaken)
    }

    /// Hands over PUBACK or PUBREC for a message that waits for it.
    pub(super) fn acknowledge(&self, id: PacketId, qos: Qos) -> Result<(), NotTaken> {
        let id = id.get();
        let taken = match (self, qos) {
            (_, Qos::AtMostOnce) => true,
            (Self::V4(client), Qos::AtLeastOnce) => {
                let ack = rumqttc_v4::mqttbytes::v4::PubAck::new(id);
                client
                    .try_manual_ack(rumqttc_v4::ManualAck::PubAck(ack))
                    .is_ok()
            }
            (Self::V4(client), Qos::ExactlyOnce) => {
                let ack = rumqttc_v4::mqttbytes::v4::PubRec::new(id);
                client
                    .try_manual_ack(rumqttc_v4::ManualAck::PubRec(ack))
                    .is_ok()
            }
            (Self::V5(client), Qos::AtLeastOnce) => {
                let ack = rumqttc::mqttbytes::v5::PubAck::new(id, None);
                client
                    .try_manual_ack(rumqttc::ManualAck::PubAck(ack))
                    .is_ok()
            }
            (Self::V5(client), Qos::ExactlyOnce) => {
                let ack = rumqttc::mqttbytes::v5::PubRec::new(id, None);
                client
                    .try_manual_ack(rumqttc::ManualAck::PubRec(ack))
                    .is_ok()
            }
        };
        taken.then_some(()).ok_or(NotTaken)
    }

    /// Asks for DISCONNECT at once.
    pub(super) fn disconnect_now(&self) -> Result<(), NotTaken> {
        let taken = match self {
            Self::V4(client) => client.try_disconnect_now().is_ok(),
            Self::V5(client) => client.try_disconnect_now().is_ok(),
        };
        taken.then_some(()).ok_or(NotTaken)
    }
}

impl Polls {
    /// Connects if there is no connection, and works on it until something happens. Not to be cancelled except to
    /// throw the session away: a write that waits for the socket would be lost.
    pub(super) async fn poll(&mut self) -> Result<Progress, Loss> {
        match self {
            Self::V4(event_loop) => match event_loop.poll().await {
                Ok(rumqttc_v4::Event::Incoming(rumqttc_v4::Packet::ConnAck(_))) => {
                    Ok(Progress::Connected)
                }
                Ok(_) => Ok(Progress::Other),
                Err(err) => Err(loss_v4(err)),
            },
            Self::V5(event_loop, scram) => match event_loop.poll().await {
                Ok(rumqttc::Event::Incoming(rumqttc::Packet::ConnAck(connack))) => {
                    check_proof(scram.as_ref(), &connack)?;
                    // it has told what it had to tell, and would be written to at every packet
                    event_loop.options.clear_session_store();
                    Ok(Progress::Connected)
                }
                Ok(_) => Ok(Progress::Other),
                Err(err) => Err(loss_v5(err)),
            },
        }
    }
}

/// rumqttc does not show the broker's last SCRAM message to whoever worked out the others.
fn check_proof(
    scram: Option<&SharedScram>,
    connack: &rumqttc::mqttbytes::v5::ConnAck,
) -> Result<(), Loss> {
    let Some(mut scram) = scram.and_then(|scram| scram.lock().ok()) else {
        return Ok(());
    };
    let properties = connack.properties.as_ref();
    let last = properties.and_then(|properties| properties.authentication_data.as_deref());
    scram.check(last).map_err(Loss::Protocol)
}

fn loss_v4(err: rumqttc_v4::ConnectionError) -> Loss {
    use rumqttc_v4::{ConnectionError as E, StateError as S};
    match err {
        E::RequestsDone | E::DisconnectTimeout => Loss::Done,
        E::NetworkTimeout => Loss::ConnectTimeout,
        E::FlushTimeout => Loss::WriteTimeout,
        E::ConnectionRefused(_) => Loss::Refused,
        E::SessionStateMismatch { .. } => Loss::UnexpectedSession,
        E::Io(err) => Loss::Io(err),
        E::MqttState(S::AwaitPingResp) => Loss::PingTimeout,
        E::MqttState(S::ConnectionAborted) => Loss::Closed,
        E::MqttState(S::Io(err) | S::Deserialization(rumqttc_v4::mqttbytes::Error::Io(err))) => {
            Loss::Io(err)
        }
        other => Loss::Protocol(other.to_string()),
    }
}

fn loss_v5(err: rumqttc::ConnectionError) -> Loss {
    use rumqttc::{ConnectionError as E, StateError as S};
    match err {
        E::RequestsDone | E::DisconnectTimeout => Loss::Done,
        E::Timeout(_) => Loss::ConnectTimeout,
        E::ConnectionRefused(_) => Loss::Refused,
        E::SessionStateMismatch { .. } => Loss::UnexpectedSession,
        E::Io(err) => Loss::Io(err),
        E::MqttState(S::AwaitPingResp) => Loss::PingTimeout,
        E::MqttState(S::ConnectionAborted | S::ServerDisconnect { .. }) => Loss::Closed,
        E::MqttState(S::Io(err) | S::Deserialization(rumqttc::mqttbytes::Error::Io(err))) => {
            Loss::Io(err)
        }
        other => Loss::Protocol(other.to_string()),
    }
}

fn published_v4(
    result: Result<rumqttc_v4::PublishResult, rumqttc_v4::PublishNoticeError>,
) -> Published {
    use rumqttc_v4::{PublishNoticeError as E, PublishResult as R};
    match result {
        Ok(R::Qos0Flushed) => Published::Written,
        Ok(R::Qos1(_) | R::Qos2Completed(_)) => Published::Acknowledged(ReasonCode::SUCCESS, None),
        Err(E::SessionReset) => Published::SessionLost,
        Err(E::Qos0NotFlushed | E::Recv) => Published::NotWritten,
        Err(other) => Published::Failed(other.to_string()),
    }
}

/// `Ok` only says that an acknowledgement came: its reason may still refuse the message (MQTT 5, 3.4.2.1).
fn published_v5(result: Result<rumqttc::PublishResult, rumqttc::PublishNoticeError>) -> Published {
    use rumqttc::{PublishNoticeError as E, PublishResult as R};
    match result {
        Ok(R::Qos0Flushed) => Published::Written,
        Ok(R::Qos1(ack)) => Published::Acknowledged(
            ReasonCode(ack.reason as u8),
            ack.properties
                .and_then(|properties| properties.reason_string),
        ),
        Ok(R::Qos2PubRecRejected(ack)) => Published::Acknowledged(
            ReasonCode(ack.reason as u8),
            ack.properties
                .and_then(|properties| properties.reason_string),
        ),
        Ok(R::Qos2Completed(ack)) => Published::Completed(ReasonCode(ack.reason as u8)),
        Err(E::SessionReset) => Published::SessionLost,
        Err(E::Qos0NotFlushed | E::Recv) => Published::NotWritten,
        Err(E::RetainNotSupported) => Published::Acknowledged(ReasonCode(0x9A), None),
        Err(other) => Published::Failed(other.to_string()),
    }
}

fn properties_v5(properties: &Properties) -> rumqttc::PublishProperties {
    rumqttc::PublishProperties {
        payload_format_indicator: properties.payload_format,
        message_expiry_interval: properties.message_expiry,
        topic_alias: None,
        response_topic: properties.response_topic.clone(),
        correlation_data: properties.correlation_data.clone(),
        user_properties: properties.user.clone(),
        subscription_identifiers: Vec::new(),
        content_type: properties.content_type.clone(),
    }
}

fn qos_v4(qos: Qos) -> rumqttc_v4::QoS {
    match qos {
        Qos::AtMostOnce => rumqttc_v4::QoS::AtMostOnce,
        Qos::AtLeastOnce => rumqttc_v4::QoS::AtLeastOnce,
        Qos::ExactlyOnce => rumqttc_v4::QoS::ExactlyOnce,
    }
}

fn qos_v5(qos: Qos) -> rumqttc::QoS {
    match qos {
        Qos::AtMostOnce => rumqttc::QoS::AtMostOnce,
        Qos::AtLeastOnce => rumqttc::QoS::AtLeastOnce,
        Qos::ExactlyOnce => rumqttc::QoS::ExactlyOnce,
    }
}

fn to_usize(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
