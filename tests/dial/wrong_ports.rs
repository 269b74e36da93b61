//! What answers on a wrong port, and how a WebSocket is refused: each gets its own sentence.

use canopy::profile::Transport;

use super::servers::{Authority, impostor, parameters, tls_server};
use super::{assert_says, reaching, refused};

const WEB: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const SSH: &[u8] = b"SSH-2.0-OpenSSH_9.2\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn plain_mqtt_to_something_else() {
    for (greeting, answer, expected) in [
        (&b""[..], WEB, "does not speak MQTT but HTTP"),
        (SSH, b"", "does not speak MQTT but SSH"),
        (b"", b"AMQP\x00\x00\x09\x01", "does not speak MQTT but AMQP"),
        (
            b"220 mail.example ESMTP\r\n",
            b"",
            "it says “220 mail.example ESMTP”",
        ),
        (b"", b"\x00\xff\x00\xff", "does not speak MQTT"),
        (b"", b"\x15\x03\x01\x00\x02\x02\x46", "speaks TLS"),
        (
            b"",
            b"",
            "closed the connection instead of answering CONNECT",
        ),
    ] {
        let port = impostor(greeting, Some(answer)).await;
        let failure = refused(reaching(Transport::Tcp, port)).await;
        assert_says(&failure, &[expected]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_to_something_else() {
    for (greeting, answer, expected) in [
        (&b""[..], WEB, "does not speak TLS but HTTP"),
        (SSH, b"", "does not speak TLS but SSH"),
        (b"", b"\x00\xff\x00\xff", "does not speak TLS"),
        (
            b"",
            b"",
            "closed the connection instead of answering to TLS",
        ),
        (
            b"",
            b"\x15\x03\x03\x00\x02\x02\x46",
            "speaks no version of TLS that this profile allows",
        ),
        (
            b"",
            b"\x15\x03\x03\x00\x02\x02\x70",
            "does not know the server name",
        ),
    ] {
        let port = impostor(greeting, Some(answer)).await;
        let failure = refused(reaching(Transport::Tls, port)).await;
        assert_says(&failure, &[expected]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mqtt_behind_tls_is_recognised_when_a_web_socket_was_wanted() {
    // this server answers every first request with CONNACK, which is no HTTP
    let authority = Authority::new("Test Root");
    let issued = authority.issue("server", &parameters(&["127.0.0.1"]));
    let mut profile = reaching(Transport::SecureWebSocket, tls_server(&issued).await);
    profile.tls.ca_file = Some(authority.file());
    assert_says(
        &refused(profile).await,
        &["speaks MQTT over TLS, without WebSocket"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_web_sockets_are_told_apart() {
    for (answer, expected) in [
        (WEB, "has no WebSocket at the path “/mqtt”"),
        (
            b"HTTP/1.1 401 Unauthorized\r\n\r\n",
            "does not let this client open a WebSocket",
        ),
        (
            b"HTTP/1.1 301 Moved\r\nLocation: https://x/\r\n\r\n",
            "sends on to another address",
        ),
        (b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "is in trouble"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "is a web server, but opens no WebSocket at “/mqtt”",
        ),
        (b"\x15\x03\x01\x00\x02\x02\x46", "speaks TLS"),
        (b"+OK ready\r\n", "does not speak WebSocket"),
        (b"", "closed the connection instead of opening a WebSocket"),
    ] {
        let port = impostor(b"", Some(answer)).await;
        let failure = refused(reaching(Transport::WebSocket, port)).await;
        assert_says(&failure, &[expected]);
    }
    let mut profile = reaching(Transport::WebSocket, 1);
    profile.port = impostor(b"", Some(b"")).await;
    profile.web_socket.headers = vec![("X-Test".to_owned(), "line\nbreak".to_owned())];
    assert_says(
        &refused(profile.clone()).await,
        &["header “X-Test” cannot be sent"],
    );
    profile.web_socket.headers.clear();
    profile.web_socket.path = "/a path".to_owned();
    assert_says(&refused(profile).await, &["“/a path” cannot be the path"]);
}
