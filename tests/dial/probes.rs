//! What a port is asked when the chosen protocol was not answered: never with anything that lets somebody in.

use std::sync::{Arc, Mutex};

use tokio::io::AsyncReadExt;

use canopy::client::Config;
use canopy::profile::{Authentication, Secret, Transport};

use super::servers::listener;
use super::{reaching, refusal};

/// A server that hangs up after the first bytes of every connection, and what they were.
async fn eavesdropper() -> (u16, Arc<Mutex<Vec<Vec<u8>>>>) {
    let (listener, port) = listener().await;
    let heard: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut first = vec![0; 4_096];
            if let Ok(count) = stream.read(&mut first).await {
                first.truncate(count);
                all.lock().unwrap().push(first);
            }
        }
    });
    (port, heard)
}

fn texts(heard: &Mutex<Vec<Vec<u8>>>) -> Vec<String> {
    let heard = heard.lock().unwrap();
    let texts = heard.iter().map(|it| String::from_utf8_lossy(it));
    texts.map(std::borrow::Cow::into_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_and_query_stay_at_home_when_a_port_is_asked_what_it_speaks() {
    let (port, heard) = eavesdropper().await;
    let mut profile = reaching(Transport::SecureWebSocket, port);
    profile.web_socket.path = "/mqtt?token=s3cret".to_owned();
    profile.web_socket.headers = vec![
        ("Authorization".to_owned(), "Bearer hunter2".to_owned()),
        ("X-Tenant".to_owned(), "plant".to_owned()),
        ("Host".to_owned(), "broker.example".to_owned()),
    ];
    let config = Config {
        profile,
        ..Config::default()
    };
    refusal(config).await;
    let heard = texts(&heard);
    let asked = heard.iter().find(|it| it.starts_with("GET "));
    let asked = asked.expect("the port is asked for a WebSocket without TLS");
    assert!(asked.starts_with("GET /mqtt HTTP/1.1"), "{asked}");
    assert!(asked.contains("broker.example"), "{asked}");
    for text in &heard {
        for secret in ["hunter2", "s3cret", "plant"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_only_proves_something_is_never_sent() {
    let other = Authentication::Other {
        method: "TICKET".to_owned(),
        data: b"ticket".to_vec(),
    };
    for authentication in [Authentication::ScramSha256, other] {
        let (port, heard) = eavesdropper().await;
        let mut profile = reaching(Transport::Tcp, port);
        profile.user_name = "ann".to_owned();
        profile.use_password = true;
        profile.mqtt5.authentication = authentication.clone();
        let config = Config {
            profile,
            password: Some(Secret::new("hunter2")),
            ..Config::default()
        };
        refusal(config).await;
        let is_older = |it: &&String| it.contains("MQTT\u{4}");
        let heard = texts(&heard);
        let probes: Vec<&String> = heard.iter().filter(is_older).collect();
        assert!(!probes.is_empty(), "MQTT 3.1.1 is tried: {heard:?}");
        for probe in probes {
            assert!(!probe.contains("hunter2"), "{authentication:?}: {probe}");
            assert!(!probe.contains("ann"), "{authentication:?}: {probe}");
        }
    }
}
