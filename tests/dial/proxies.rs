//! Through small but real proxies on this machine, with and without authentication, and everything they can refuse.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use canopy::client::{Config, Step};
use canopy::mqtt::Qos;
use canopy::profile::{Profile, ProxyKind, ProxySettings, Secret, Transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

use super::servers::{Authority, impostor, listener, parameters, tls_server};
use super::{assert_says, reaching, refusal, refused};
use crate::common::free_port;
use crate::common::mosquitto::Mosquitto;
use crate::common::probe::{Probe, message, subscription};
use crate::common::service::{http_proxy, socks_proxy};

/// `me:secret`, in Base64.
const TOKEN: &str = "bWU6c2VjcmV0";

/// A proxy that leads every name to this machine, so that only a proxy can look it up.
struct Proxy {
    port: u16,
    led: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(kind: ProxyKind, wants_password: bool) -> Self {
        let (listener, port) = listener().await;
        let led = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&led);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let counter = Arc::clone(&counter);
                tokio::spawn(async move {
                    let server = match kind {
                        ProxyKind::Socks5 => socks(&mut client, wants_password).await,
                        _ => http(&mut client, wants_password).await,
                    };
                    if let Some(mut server) = server {
                        counter.fetch_add(1, Ordering::SeqCst);
                        copy_bidirectional(&mut client, &mut server).await.ok();
                    }
                });
            }
        });
        Self { port, led }
    }
}

async fn http(client: &mut TcpStream, wants_password: bool) -> Option<TcpStream> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let token = format!("Proxy-Authorization: Basic {TOKEN}\r\n");
    if wants_password && !head.contains(&token) {
        let answer = b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n";
        client.write_all(answer).await.ok()?;
        return None;
    }
    let place = head.strip_prefix("CONNECT ")?.split(' ').next()?;
    let port: u16 = place.rsplit(':').next()?.parse().ok()?;
    match TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
        Ok(server) => {
            client
                .write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
                .await
                .ok()?;
            Some(server)
        }
        Err(_refused) => {
            client
                .write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                .await
                .ok()?;
            None
        }
    }
}

async fn socks(client: &mut TcpStream, wants_password: bool) -> Option<TcpStream> {
    assert_eq!(client.read_u8().await.ok()?, 5);
    let count = client.read_u8().await.ok()?;
    let mut methods = vec![0; usize::from(count)];
    client.read_exact(&mut methods).await.ok()?;
    let method = if wants_password { 2 } else { 0 };
    if !methods.contains(&method) {
        client.write_all(&[5, 0xff]).await.ok()?;
        return None;
    }
    client.write_all(&[5, method]).await.ok()?;
    if wants_password {
        assert_eq!(client.read_u8().await.ok()?, 1);
        let user_name = field(client).await?;
        let password = field(client).await?;
        let is_right = user_name == b"me" && password == b"secret";
        client.write_all(&[1, u8::from(!is_right)]).await.ok()?;
        if !is_right {
            return None;
        }
    }
    let mut request = [0; 4];
    client.read_exact(&mut request).await.ok()?;
    assert_eq!(request[..3], [5, 1, 0]);
    match request[3] {
        1 => drop(client.read_u32().await.ok()?),
        3 => drop(field(client).await?),
        other => panic!("address of kind {other}"),
    }
    let port = client.read_u16().await.ok()?;
    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await;
    let code = if server.is_ok() { 0 } else { 5 };
    let answer = [5, code, 0, 1, 127, 0, 0, 1, 0, 1];
    client.write_all(&answer).await.ok()?;
    server.ok()
}

async fn field(client: &mut TcpStream) -> Option<Vec<u8>> {
    let length = client.read_u8().await.ok()?;
    let mut bytes = vec![0; usize::from(length)];
    client.read_exact(&mut bytes).await.ok()?;
    Some(bytes)
}

/// A profile that reaches `broker` over the proxy on port `proxy`.
pub fn through(kind: ProxyKind, proxy: u16, broker: u16) -> Profile {
    let mut profile = reaching(Transport::Tcp, broker);
    profile.proxy = ProxySettings {
        kind,
        host: "127.0.0.1".to_owned(),
        port: proxy,
        ..ProxySettings::default()
    };
    profile
}

fn with_password(mut profile: Profile, password: &str) -> Config {
    "me".clone_into(&mut profile.proxy.user_name);
    profile.proxy.use_password = true;
    Config {
        profile,
        proxy_password: Some(Secret::new(password)),
        ..Config::default()
    }
}

const KINDS: [ProxyKind; 2] = [ProxyKind::HttpConnect, ProxyKind::Socks5];

#[tokio::test(flavor = "multi_thread")]
async fn messages_pass_through_and_the_proxy_looks_the_name_up() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for kind in KINDS {
        let proxy = Proxy::start(kind, false).await;
        let mut profile = through(kind, proxy.port, broker.port());
        "known-to-the-proxy.invalid".clone_into(&mut profile.host);
        profile.subscriptions = vec![subscription("a", Qos::AtLeastOnce)];
        let mut probe = Probe::subscribed(profile).await;
        probe
            .publish(message("a", "through", Qos::AtLeastOnce))
            .await;
        assert_eq!(&probe.message().await.payload[..], b"through");
        let steps = probe.connection.dial_report().steps;
        let steps: Vec<Step> = steps.iter().map(|step| step.step).collect();
        assert_eq!(steps, [Step::Resolve, Step::Tcp, Step::Proxy]);
        assert_eq!(proxy.led.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_gets_its_own_credentials() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    for kind in KINDS {
        let proxy = Proxy::start(kind, true).await;
        let profile = through(kind, proxy.port, broker.port());
        Probe::open_config(with_password(profile.clone(), "secret"))
            .connected()
            .await;
        let wrong = refusal(with_password(profile.clone(), "guess")).await.0;
        assert_says(&wrong, &["does not let you in", "Check the user name"]);
        assert!(!wrong.to_string().contains("guess"), "{wrong}");
        assert_says(
            &refused(profile).await,
            &["does not let you in", "Enter the user name"],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_proxy_refuses_is_told() {
    for kind in KINDS {
        let proxy = Proxy::start(kind, false).await;
        let failure = refused(through(kind, proxy.port, free_port())).await;
        let expected = match kind {
            ProxyKind::Socks5 => "found that nothing listens on 127.0.0.1:",
            _ => "cannot reach 127.0.0.1:",
        };
        assert_says(&failure, &[expected]);
        let nobody = refused(through(kind, free_port(), 1883)).await;
        assert_says(
            &nobody,
            &["Nothing listens on", "where the proxy should be"],
        );

        let mut silent = through(kind, impostor(b"", None).await, 1883);
        silent.connect_timeout = 1;
        assert_says(
            &refused(silent).await,
            &["did not open the way to", "within 1 s"],
        );
        let closing = through(kind, impostor(b"", Some(b"")).await, 1883);
        assert_says(
            &refused(closing).await,
            &["closed the connection without an answer"],
        );
    }
    let forbidding = impostor(b"", Some(b"HTTP/1.1 403 Forbidden\r\n\r\n")).await;
    let failure = refused(through(ProxyKind::HttpConnect, forbidding, 1883)).await;
    assert_says(&failure, &["does not allow connections to 127.0.0.1:1883"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_wrong_kind_of_proxy_is_recognised() {
    let web = impostor(b"", Some(b"HTTP/1.1 400 Bad Request\r\n\r\n")).await;
    let failure = refused(through(ProxyKind::Socks5, web, 1883)).await;
    assert_says(
        &failure,
        &[
            "does not answer as a proxy for SOCKS 5",
            "choose the HTTP proxy",
        ],
    );
    let other = impostor(b"", Some(b"SSH-2.0-OpenSSH_9.2\r\n")).await;
    let failure = refused(through(ProxyKind::HttpConnect, other, 1883)).await;
    assert_says(
        &failure,
        &[
            "does not answer as a proxy for HTTP",
            "Check host, port and kind",
        ],
    );
    let mut profile = through(ProxyKind::Socks5, 1, 1883);
    profile.proxy.host = String::new();
    assert_says(
        &refused(profile).await,
        &["no host or no port for the proxy"],
    );
}

/// microsocks and tinyproxy, with a password and without.
#[tokio::test(flavor = "multi_thread")]
async fn real_proxies_lead_to_the_broker_with_every_transport_and_a_password() {
    let Some(broker) = Mosquitto::start() else {
        return;
    };
    let authority = Authority::new("Test Root");
    let issued = authority.issue("server", &parameters(&["localhost"]));
    let secured = tls_server(&issued).await;
    let login = Some(("me", "secret"));
    let proxies = [
        (ProxyKind::Socks5, None, socks_proxy(None).await),
        (ProxyKind::Socks5, login, socks_proxy(login).await),
        (ProxyKind::HttpConnect, None, http_proxy(None, &[]).await),
        (ProxyKind::HttpConnect, login, http_proxy(login, &[]).await),
    ];
    for (kind, login, proxy) in proxies {
        let Some(proxy) = proxy else { return };
        let mut profile = through(kind, proxy.port(), broker.port());
        profile.subscriptions = vec![subscription("a", Qos::AtLeastOnce)];
        let config = |profile: Profile| match login {
            Some((_, password)) => with_password(profile, password),
            None => Config {
                profile,
                ..Config::default()
            },
        };
        let mut probe = Probe::open_config(config(profile));
        probe.connected().await;
        probe.granted().await;
        for size in [1, 100_000] {
            let payload = vec![b'x'; size];
            let outgoing = message("a", payload.clone(), Qos::AtLeastOnce);
            probe.publish(outgoing).await;
            assert!(probe.message().await.payload == payload, "{kind:?}");
        }
        probe.disconnect().await;

        // the name is looked up by the proxy, and checked in the certificate here
        let mut profile = through(kind, proxy.port(), secured);
        profile.transport = Transport::Tls;
        "localhost".clone_into(&mut profile.host);
        profile.tls.ca_file = Some(authority.file());
        Probe::open_config(config(profile)).connected().await;
    }
}
