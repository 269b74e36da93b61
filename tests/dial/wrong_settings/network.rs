//! Wrong names, ports, transports and paths.

use canopy::client::Step;
use canopy::client::doctor::Check;
use canopy::profile::{Profile, Transport, Transport as T};

use super::super::reaching;
use super::super::servers::{Authority, impostor, parameters, write};
use super::{Case, case};
use crate::common::free_port;
use crate::common::mosquitto::Mosquitto;
use crate::common::service::{Service, web_server};

/// A mosquitto on every transport, and a web server.
pub struct Site {
    authority: Authority,
    plain: Mosquitto,
    tls: u16,
    web_socket: u16,
    secure: u16,
    web: Service,
    secure_web: u16,
}

impl Site {
    pub async fn start() -> Option<Self> {
        let web = web_server().await?;
        let authority = Authority::new("Test Root");
        let server = authority.issue("server", &parameters(&["127.0.0.1"]));
        let files = format!(
            "certfile {}\nkeyfile {}\n",
            server.certificate.display(),
            server.key.display()
        );
        let (tls, web_socket, secure) = (free_port(), free_port(), free_port());
        let config = format!(
            "allow_anonymous true\n\
             listener {tls} 127.0.0.1\n{files}\
             listener {web_socket} 127.0.0.1\nprotocol websockets\n\
             listener {secure} 127.0.0.1\nprotocol websockets\n{files}"
        );
        let plain = Mosquitto::start_with(&config)?;
        let secure_web = super::super::servers::tls_server(&server).await;
        Some(Self {
            authority,
            plain,
            tls,
            web_socket,
            secure,
            web,
            secure_web,
        })
    }

    fn reach(&self, transport: Transport, port: u16) -> Profile {
        let mut profile = reaching(transport, port);
        profile.tls.ca_file = Some(self.authority.file());
        profile
    }

    pub async fn cases(&self) -> Vec<Case> {
        let mut cases = self.nobody().await;
        cases.extend(self.somebody_else());
        cases.extend(self.other_transports());
        #[cfg(unix)]
        cases.extend(self.sockets());
        cases
    }

    /// Nobody is there, or nobody says anything.
    async fn nobody(&self) -> Vec<Case> {
        let mut unknown = self.reach(T::Tcp, 1883);
        "no-such-broker.invalid".clone_into(&mut unknown.host);
        let name = ["“no-such-broker.invalid”", "not known", "spelling"];
        let mut cases = vec![
            case("unknown name", unknown, Check::Dial(Step::Resolve), &name),
            case(
                "refused port",
                self.reach(T::Tcp, free_port()),
                Check::Dial(Step::Tcp),
                &["Nothing listens on 127.0.0.1:", "check host and port"],
            ),
        ];
        for (cause, transport, step, says) in [
            (
                "silent, MQTT wanted",
                T::Tcp,
                Check::Connect,
                ["did not answer as an MQTT broker", "MQTT port"],
            ),
            (
                "silent, TLS wanted",
                T::Tls,
                Check::Dial(Step::Tls),
                ["did not answer to TLS", "TLS port"],
            ),
            (
                "silent, WebSocket wanted",
                T::WebSocket,
                Check::Dial(Step::WebSocket),
                ["did not open a WebSocket", "WebSocket port"],
            ),
        ] {
            let mut silent = self.reach(transport, impostor(b"", None).await);
            silent.connect_timeout = 1;
            cases.push(case(cause, silent, step, &says));
        }
        cases
    }

    /// Something answers that is no broker, or the wrong path of one.
    fn somebody_else(&self) -> Vec<Case> {
        let web = self.web.port();
        let mut path = self.reach(T::WebSocket, web);
        "/wrong".clone_into(&mut path.web_socket.path);
        let mut no_path = self.reach(T::WebSocket, web);
        "/".clone_into(&mut no_path.web_socket.path);
        let mut blank = self.reach(T::WebSocket, web);
        "/a path".clone_into(&mut blank.web_socket.path);
        let mut header = self.reach(T::WebSocket, web);
        header.web_socket.headers = vec![("X-Test".to_owned(), "line\nbreak".to_owned())];
        // it waits for the end of a line, and MQTT has none
        let mut mqtt = self.reach(T::Tcp, web);
        mqtt.connect_timeout = 2;
        vec![
            case(
                "web server, MQTT wanted",
                mqtt,
                Check::Connect,
                &["does not speak MQTT but HTTP", "WebSocket"],
            ),
            case(
                "web server, TLS wanted",
                self.reach(T::Tls, web),
                Check::Dial(Step::Tls),
                &["does not speak TLS but HTTP"],
            ),
            case(
                "wrong path",
                path,
                Check::Dial(Step::WebSocket),
                &["no WebSocket at the path “/wrong”", "/mqtt, /ws and /"],
            ),
            case(
                "web server, WebSocket wanted",
                no_path,
                Check::Dial(Step::WebSocket),
                &["web server", "opens no WebSocket at “/”"],
            ),
            case(
                "impossible path",
                blank,
                Check::Dial(Step::WebSocket),
                &["“/a path” cannot be the path", "no blanks"],
            ),
            case(
                "impossible header",
                header,
                Check::Dial(Step::WebSocket),
                &["header “X-Test” cannot be sent"],
            ),
        ]
    }

    /// The same broker, spoken to in another way than the port expects.
    fn other_transports(&self) -> Vec<Case> {
        let plain = self.plain.port();
        let mut cases = Vec::new();
        for (cause, transport, port, step, says) in [
            (
                "TLS port",
                T::Tcp,
                self.tls,
                Check::Connect,
                ["speaks TLS", "Choose TLS"],
            ),
            (
                "WebSocket port",
                T::Tcp,
                self.web_socket,
                Check::Connect,
                ["answers with WebSocket only", "Choose WebSocket"],
            ),
            (
                "plain port",
                T::Tls,
                plain,
                Check::Dial(Step::Tls),
                ["speaks plain MQTT", "Choose TCP"],
            ),
            (
                "WebSocket port",
                T::Tls,
                self.web_socket,
                Check::Dial(Step::Tls),
                ["answers with WebSocket only", "Choose WebSocket"],
            ),
            (
                "secure WebSocket port",
                T::Tls,
                self.secure,
                Check::Connect,
                ["WebSocket over TLS only", "Choose WebSocket over TLS"],
            ),
            (
                "plain port",
                T::WebSocket,
                plain,
                Check::Dial(Step::WebSocket),
                ["speaks plain MQTT", "Choose TCP"],
            ),
            (
                "TLS port",
                T::WebSocket,
                self.tls,
                Check::Dial(Step::WebSocket),
                ["speaks TLS", "Choose TLS"],
            ),
            (
                "WebSocket port",
                T::SecureWebSocket,
                self.web_socket,
                Check::Dial(Step::Tls),
                ["answers with WebSocket only", "Choose WebSocket"],
            ),
            (
                "plain port",
                T::SecureWebSocket,
                plain,
                Check::Dial(Step::Tls),
                ["speaks plain MQTT", "Choose TCP"],
            ),
            (
                "MQTT over TLS, WebSocket wanted",
                T::SecureWebSocket,
                self.secure_web,
                Check::Dial(Step::WebSocket),
                ["MQTT over TLS, without WebSocket", "Choose TLS"],
            ),
        ] {
            cases.push(case(cause, self.reach(transport, port), step, &says));
        }
        cases
    }

    /// Unix sockets that are not there, or that nobody listens on.
    #[cfg(unix)]
    fn sockets(&self) -> Vec<Case> {
        let at = |path: &std::path::Path| {
            let mut profile = self.reach(T::Unix, 0);
            profile.unix_path = path.display().to_string();
            profile
        };
        let left = self.authority.path("left.sock");
        drop(std::os::unix::net::UnixListener::bind(&left).unwrap());
        let file = self.authority.path("a file");
        write(&file, "no socket");
        let nowhere = std::path::Path::new("/no/such/socket");
        vec![
            case(
                "no socket",
                at(nowhere),
                Check::Dial(Step::Unix),
                &["no socket at “/no/such/socket”", "check the path"],
            ),
            case(
                "socket left over",
                at(&left),
                Check::Dial(Step::Unix),
                &["Nobody listens on the socket", "left over"],
            ),
        ]
    }
}
