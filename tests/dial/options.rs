//! What MQTT 5 adds to CONNECT and SUBSCRIBE, as it stands on the wire, and SCRAM against a server that does it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use canopy::client::{Command, Config, Direction, SubscribeOptions};
use canopy::mqtt::{Connect, Packet, Qos, Subscribe, TopicFilter, Version};
use canopy::profile::{
    Authentication, Mqtt5Settings, Profile, RetainHandling, Secret, Subscription, Transport,
    WillSettings,
};
use ring::digest::{SHA256, digest};
use ring::{hmac, pbkdf2};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::servers::listener;
use super::{assert_says, reaching, refusal};
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::Probe;

async fn connect_of(probe: &mut Probe) -> Connect {
    loop {
        if let (Direction::Outgoing, Packet::Connect(connect)) = probe.packet().await {
            return *connect;
        }
    }
}

async fn subscribe_of(probe: &mut Probe) -> Subscribe {
    loop {
        if let (Direction::Outgoing, Packet::Subscribe(subscribe)) = probe.packet().await {
            return *subscribe;
        }
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

fn rich(port: u16) -> Profile {
    let mut profile = reaching(Transport::Tcp, port);
    profile.mqtt5 = Mqtt5Settings {
        receive_maximum: Some(7),
        topic_alias_maximum: 10,
        request_problem_information: false,
        request_response_information: true,
        user_properties: pairs(&[("a", "1"), ("a", "2")]),
        authentication: Authentication::None,
        keeps_authentication_data: false,
    };
    profile.will = WillSettings {
        enabled: true,
        topic: "gone".to_owned(),
        message: "so long".to_owned(),
        delay: 3,
        expiry: Some(60),
        content_type: "text/plain".to_owned(),
        response_topic: "answers".to_owned(),
        correlation_data: b"\x00\x01".to_vec(),
        user_properties: pairs(&[("b", "3")]),
        payload_format_text: true,
        ..WillSettings::default()
    };
    profile
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_carries_what_the_profile_says() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut probe = Probe::connect(rich(broker.port())).await;
    let connect = connect_of(&mut probe).await;
    let asked = connect.properties;
    assert_eq!(asked.receive_maximum, Some(7));
    assert_eq!(asked.request_problem_information, Some(0));
    assert_eq!(asked.request_response_information, Some(1));
    assert_eq!(asked.user, pairs(&[("a", "1"), ("a", "2")]));
    assert_eq!(asked.topic_alias_maximum, Some(10));
    let will = connect.will.expect("a will").properties;
    assert_eq!(will.will_delay, Some(3));
    assert_eq!(will.message_expiry, Some(60));
    assert_eq!(will.content_type.as_deref(), Some("text/plain"));
    assert_eq!(will.response_topic.as_deref(), Some("answers"));
    assert_eq!(will.correlation_data.as_deref(), Some(&b"\x00\x01"[..]));
    assert_eq!(will.user, pairs(&[("b", "3")]));
    assert_eq!(will.payload_format, Some(1));

    let mut older = rich(broker.port());
    older.version = Version::V311;
    let mut probe = Probe::connect(older).await;
    assert_eq!(connect_of(&mut probe).await.client_id.len(), 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_carry_their_options() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let mut profile = reaching(Transport::Tcp, broker.port());
    let plain = Subscription::new("a", Qos::AtMostOnce);
    let rich = Subscription {
        no_local: true,
        retain_handling: RetainHandling::DoNotSend,
        id: Some(300),
        ..Subscription::new("b", Qos::AtLeastOnce)
    };
    profile.subscriptions = vec![plain, rich];
    let mut probe = Probe::subscribed(profile).await;
    let first = subscribe_of(&mut probe).await;
    assert_eq!(first.requests.len(), 1);
    assert!(first.properties.subscription_ids.is_empty());
    assert!(!first.requests[0].no_local);
    let second = subscribe_of(&mut probe).await;
    assert_eq!(second.properties.subscription_ids, [300]);
    assert!(second.requests[0].no_local);
    assert_eq!(second.requests[0].retain_handling, 2);

    let options = SubscribeOptions {
        retain_handling: RetainHandling::SendIfNew,
        id: Some(1),
        ..SubscribeOptions::default()
    };
    let filter = TopicFilter::new("c").unwrap();
    probe.send(Command::SubscribeWith(filter, Qos::ExactlyOnce, options));
    probe.granted().await;
    let third = subscribe_of(&mut probe).await;
    assert_eq!(third.properties.subscription_ids, [1]);
    assert_eq!(third.requests[0].retain_handling, 1);
}

/// How the SCRAM server behaves at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Honest,
    /// It says yes without knowing the password.
    Fraud,
}

/// A broker that knows only the user “me” with the password “pencil” and SCRAM-SHA-256.
async fn scram_server(last: Last) -> u16 {
    let (listener, port) = listener().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(exchange(stream, last));
        }
    });
    port
}

async fn exchange(mut stream: TcpStream, last: Last) -> Option<()> {
    let (_, connect) = packet(&mut stream).await?;
    // protocol name and level, flags without a password, keep alive
    assert_eq!(connect[7] & 0b0100_0000, 0, "the password is not sent");
    let first = String::from_utf8(data(&connect[10..])).unwrap();
    let first = first.strip_prefix("n,,").unwrap();
    let nonce = first.split_once(",r=").unwrap().1;
    let salt = b"a salt for tests";
    let challenge = format!("r={nonce}more,s={},i=4096", STANDARD.encode(salt));
    stream
        .write_all(&auth(0xf0, &[0x18], &challenge))
        .await
        .ok()?;
    let (kind, answer) = packet(&mut stream).await?;
    assert_eq!(kind, 0xf0, "AUTH");
    let answer = String::from_utf8(data(&answer[1..])).unwrap();
    let (without_proof, proof) = answer.split_once(",p=").unwrap();

    let mut salted = [0; 32];
    let rounds = 4096.try_into().unwrap();
    let algorithm = pbkdf2::PBKDF2_HMAC_SHA256;
    pbkdf2::derive(algorithm, rounds, salt, b"pencil", &mut salted);
    let stored = digest(&SHA256, &sign(&salted, b"Client Key"));
    let text = format!("{first},{challenge},{without_proof}");
    let signature = sign(stored.as_ref(), text.as_bytes());
    let proof = STANDARD.decode(proof).unwrap();
    let key: Vec<u8> = proof.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
    let is_right = digest(&SHA256, &key).as_ref() == stored.as_ref();
    if !is_right || !first.starts_with("n=me,") {
        stream.write_all(b"\x20\x03\x00\x87\x00").await.ok()?;
        return None;
    }
    let signature = sign(&sign(&salted, b"Server Key"), text.as_bytes());
    let proof = match last {
        Last::Honest => STANDARD.encode(signature),
        Last::Fraud => STANDARD.encode([0; 32]),
    };
    let connack = auth(0x20, &[0, 0], &format!("v={proof}"));
    stream.write_all(&connack).await.ok()?;
    while packet(&mut stream).await.is_some() {}
    Some(())
}

fn sign(key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text).as_ref().to_vec()
}

/// AUTH or CONNACK with method and data.
fn auth(first: u8, head: &[u8], data: &str) -> Vec<u8> {
    let mut properties = Vec::new();
    for (id, text) in [(0x15, "SCRAM-SHA-256"), (0x16, data)] {
        properties.push(id);
        properties.extend(u16::try_from(text.len()).unwrap().to_be_bytes());
        properties.extend(text.as_bytes());
    }
    let mut body = head.to_vec();
    length(properties.len(), &mut body);
    body.extend(properties);
    let mut packet = vec![first];
    length(body.len(), &mut packet);
    packet.extend(body);
    packet
}

fn length(mut length: usize, out: &mut Vec<u8>) {
    while length >= 128 {
        out.push(u8::try_from(length % 128).unwrap() | 0x80);
        length /= 128;
    }
    out.push(u8::try_from(length).unwrap());
}

/// First byte and body of the next packet.
async fn packet(stream: &mut TcpStream) -> Option<(u8, Vec<u8>)> {
    let first = stream.read_u8().await.ok()?;
    let (mut length, mut shift) = (0, 0);
    loop {
        let byte = stream.read_u8().await.ok()?;
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some((first, body))
}

/// The authentication data among the properties that begin with their length.
fn data(bytes: &[u8]) -> Vec<u8> {
    let (mut at, mut shift, mut total) = (0, 0, 0);
    loop {
        let byte = bytes[at];
        total |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        at += 1;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let end = at + total;
    while at < end {
        let id = bytes[at];
        at += 1;
        let size = match id {
            0x17 | 0x19 => 1,
            0x21 | 0x22 => 2,
            0x11 | 0x27 => 4,
            0x15 | 0x16 => 2 + usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]])),
            other => panic!("property {other:#x}"),
        };
        if id == 0x16 {
            return bytes[at + 2..at + size].to_vec();
        }
        at += size;
    }
    panic!("no authentication data");
}

fn scram(port: u16, password: &str) -> Config {
    let mut profile = reaching(Transport::Tcp, port);
    "me".clone_into(&mut profile.user_name);
    profile.use_password = true;
    profile.mqtt5.authentication = Authentication::ScramSha256;
    Config {
        profile,
        password: Some(Secret::new(password)),
        ..Config::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn scram_proves_the_password_on_both_sides() {
    let port = scram_server(Last::Honest).await;
    Probe::open_config(scram(port, "pencil")).connected().await;
    let wrong = refusal(scram(port, "guess")).await.0;
    assert_says(&wrong, &["password"]);
    assert!(!wrong.to_string().contains("guess"), "{wrong}");

    let port = scram_server(Last::Fraud).await;
    let fraud = refusal(scram(port, "pencil")).await.0;
    assert_says(&fraud, &["did not prove that it knows the password"]);

    let nobody = Config {
        password: None,
        ..scram(port, "")
    };
    let failure = refusal(nobody).await.0;
    assert_says(&failure, &["needs a user name and a password"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_method_is_sent_with_its_first_message() {
    let (listener, port) = listener().await;
    let mut profile = reaching(Transport::Tcp, port);
    profile.mqtt5.authentication = Authentication::Other {
        method: "TOKEN".to_owned(),
        data: b"first".to_vec(),
    };
    let _probe = Probe::open(profile);
    let (mut stream, _) = listener.accept().await.unwrap();
    let (_, connect) = packet(&mut stream).await.unwrap();
    assert_eq!(data(&connect[10..]), b"first");
    let has_method = connect.windows(5).any(|bytes| bytes == b"TOKEN");
    assert!(has_method);
}
