//! Servers to fail with: TLS with any certificate, answers of any kind, and silence; and a certificate authority.

use std::io::Write;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

/// A certificate authority with a directory for its files.
pub struct Authority {
    pub directory: tempfile::TempDir,
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
}

/// A certificate with its key.
pub struct Issued {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub chain: Vec<CertificateDer<'static>>,
    pub key_pair: KeyPair,
}

/// Parameters of a certificate for these hosts.
pub fn parameters(hosts: &[&str]) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let mut parameters = CertificateParams::new(hosts).unwrap();
    parameters
        .distinguished_name
        .push(DnType::CommonName, "the broker under test");
    parameters
}

/// The same, valid only between the beginnings of these two years.
pub fn valid_between(from: i32, until: i32) -> CertificateParams {
    let mut parameters = parameters(&["127.0.0.1", "localhost"]);
    parameters.not_before = date_time_ymd(from, 3, 5);
    parameters.not_after = date_time_ymd(until, 3, 5);
    parameters
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        let directory = tempfile::tempdir().unwrap();
        write(&directory.path().join("ca.pem"), &certificate.pem());
        Self {
            directory,
            issuer: Issuer::new(parameters, key),
            certificate: certificate.der().clone(),
        }
    }

    /// Where its own certificate is, in PEM form.
    pub fn file(&self) -> PathBuf {
        self.path("ca.pem")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Its own certificate.
    pub fn der(&self) -> &[u8] {
        &self.certificate
    }

    /// Issues a certificate, and writes it and its key as `name.pem` and `name.key`.
    pub fn issue(&self, name: &str, parameters: &CertificateParams) -> Issued {
        let key_pair = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key_pair, &self.issuer).unwrap();
        self.write(name, key_pair, &certificate)
    }

    /// A certificate that vouches for itself.
    pub fn self_signed(&self, name: &str, parameters: &CertificateParams) -> Issued {
        let key_pair = KeyPair::generate().unwrap();
        let certificate = parameters.self_signed(&key_pair).unwrap();
        self.write(name, key_pair, &certificate)
    }

    fn write(&self, name: &str, key_pair: KeyPair, certificate: &rcgen::Certificate) -> Issued {
        let issued = Issued {
            certificate: self.path(&format!("{name}.pem")),
            key: self.path(&format!("{name}.key")),
            chain: vec![certificate.der().clone()],
            key_pair,
        };
        write(&issued.certificate, &certificate.pem());
        write(&issued.key, &issued.key_pair.serialize_pem());
        issued
    }
}

/// Writes a file that everybody may read: mosquitto gives up root before it reads.
pub fn write(path: &Path, text: &str) {
    let mut file = std::fs::File::create(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
    open_to_all(path);
    open_to_all(path.parent().unwrap());
}

#[cfg(unix)]
fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn open_to_all(_path: &Path) {}

/// A listener on a free port, and the port.
pub async fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A TLS server with this certificate that welcomes every MQTT 5 client.
pub async fn tls_server(issued: &Issued) -> u16 {
    let key = PrivatePkcs8KeyDer::from(issued.key_pair.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(issued.chain.clone(), key.into())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let (listener, port) = listener().await;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    let mut request = [0; 1_024];
                    let _count = stream.read(&mut request).await;
                    stream.write_all(b"\x20\x03\x00\x00\x00").await.ok();
                    while matches!(stream.read(&mut request).await, Ok(count) if count > 0) {}
                }
            });
        }
    });
    port
}

/// Says `greeting` to everybody, answers the first bytes with `answer`, and closes; `None` keeps quiet for ever.
pub async fn impostor(greeting: &'static [u8], answer: Option<&'static [u8]>) -> u16 {
    let (listener, port) = listener().await;
    tokio::spawn(async move {
        let mut silent: Vec<TcpStream> = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.write_all(greeting).await.ok();
            let Some(answer) = answer else {
                silent.push(stream);
                continue;
            };
            tokio::spawn(async move {
                let mut request = [0; 4_096];
                let _count = stream.read(&mut request).await;
                stream.write_all(answer).await.ok();
                stream.shutdown().await.ok();
                while matches!(stream.read(&mut request).await, Ok(count) if count > 0) {}
            });
        }
    });
    port
}

/// What the client asked a WebSocket server for.
#[derive(Debug, Default, Clone)]
pub struct Asked {
    pub path: String,
    pub headers: Vec<(String, String)>,
}

/// A WebSocket server that passes everything on to a broker on this machine, and tells what it was asked for.
pub async fn relay(broker: u16) -> (u16, Arc<Mutex<Asked>>) {
    let (listener, port) = listener().await;
    let asked = Arc::new(Mutex::new(Asked::default()));
    let told = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                let socket = upgrade(stream, &told).await;
                let broker = TcpStream::connect((Ipv4Addr::LOCALHOST, broker)).await;
                pass_on(socket, broker.unwrap()).await;
            });
        }
    });
    (port, asked)
}

#[expect(
    clippy::result_large_err,
    reason = "the type of the callback is the library's"
)]
async fn upgrade(stream: TcpStream, told: &Mutex<Asked>) -> WebSocketStream<TcpStream> {
    let look = |request: &Request, mut response: Response| {
        let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
        *told.lock().unwrap() = Asked {
            path: request.uri().to_string(),
            headers: request
                .headers()
                .iter()
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
        };
        let protocol = HeaderValue::from_static("mqtt");
        response
            .headers_mut()
            .insert("Sec-WebSocket-Protocol", protocol);
        Ok(response)
    };
    accept_hdr_async(stream, look).await.unwrap()
}

/// Frames of 1,000 bytes back to the client, so that packets begin and end anywhere in them.
async fn pass_on(mut socket: WebSocketStream<TcpStream>, mut broker: TcpStream) {
    let mut answer = vec![0; 1_000];
    loop {
        tokio::select! {
            message = socket.next() => match message {
                Some(Ok(Message::Binary(bytes))) => broker.write_all(&bytes).await.unwrap(),
                Some(Ok(_)) => {}
                _ => return,
            },
            count = broker.read(&mut answer) => match count {
                Ok(0) | Err(_) => return,
                Ok(count) => {
                    let frame = Message::binary(answer[..count].to_vec());
                    if socket.send(frame).await.is_err() {
                        return;
                    }
                }
            },
        }
    }
}
