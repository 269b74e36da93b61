//! Servers that are programs of their own, on free loopback ports: real proxies, a web server, OpenSSL's TLS server,
//! and brokers. Gone when they are dropped.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::TcpStream;

use super::{find, free_port, have, within};

/// How long a server may take to listen: a broker with a virtual machine of its own takes its time.
const STARTING: Duration = Duration::from_secs(90);

/// A running program with a directory of its own.
pub struct Service {
    child: Child,
    ports: Vec<u16>,
    directory: tempfile::TempDir,
}

impl Service {
    /// Starts the program that `command` makes of `count` free ports and a directory, and waits until it listens on
    /// the first of them. Another test may take a port between finding and using it, so this is tried more than once.
    pub async fn start(count: usize, command: impl Fn(&[u16], &Path) -> Command) -> Self {
        for _ in 0..4 {
            let directory = tempfile::tempdir().expect("a directory");
            open_to_all(directory.path());
            let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
            let mut child = command(&ports, directory.path())
                // some end with their input, so it stays open
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the server is started");
            drain(child.stdout.take());
            drain(child.stderr.take());
            let mut service = Self {
                child,
                ports,
                directory,
            };
            if service.listens().await {
                return service;
            }
        }
        panic!("the server does not start");
    }

    /// Waits until it listens; `false` when it has ended instead.
    async fn listens(&mut self) -> bool {
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        let port = self.port();
        within("the server", STARTING, async {
            loop {
                tick.tick().await;
                if TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                    .await
                    .is_ok()
                {
                    return true;
                }
                if self.child.try_wait().expect("its state").is_some() {
                    return false;
                }
            }
        })
        .await
    }

    /// The first of its ports.
    pub fn port(&self) -> u16 {
        self.ports[0]
    }

    /// The port with this number, from 0.
    pub fn nth_port(&self, number: usize) -> u16 {
        self.ports[number]
    }

    /// A file in its directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads what a program says, so that its pipe never fills up.
fn drain(output: Option<impl Read + Send + 'static>) {
    let output = BufReader::new(output.expect("its output"));
    let show = std::env::var_os("CANOPY_TEST_LOG").is_some();
    std::thread::Builder::new()
        .name("log of a server".to_owned())
        .spawn(move || {
            for line in output.split(b'\n').map_while(Result::ok) {
                if show {
                    eprintln!("{}", String::from_utf8_lossy(&line));
                }
            }
        })
        .expect("a thread");
}

/// A command of a program that may stand where daemons are kept.
pub fn command<S: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(find(program).expect("the program"));
    command.args(arguments);
    command
}

/// Servers may give up root before they read.
#[cfg(unix)]
pub fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = if path.is_dir() { 0o755 } else { 0o644 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("its owner");
}

#[cfg(not(unix))]
pub fn open_to_all(_path: &Path) {}

/// A user name and a password that a proxy asks for.
pub type Login<'a> = Option<(&'a str, &'a str)>;

/// microsocks: a SOCKS 5 proxy. `None` when it is not installed (and that is allowed).
pub async fn socks_proxy(login: Login<'_>) -> Option<Service> {
    if !have("microsocks") {
        return None;
    }
    let start = |ports: &[u16], _: &Path| {
        let mut microsocks = command("microsocks", ["-i", "127.0.0.1", "-p"]);
        microsocks.arg(ports[0].to_string());
        if let Some((user_name, password)) = login {
            microsocks.args(["-u", user_name, "-P", password]);
        }
        microsocks
    };
    Some(Service::start(1, start).await)
}

/// tinyproxy: an HTTP proxy. It goes on only to the ports of `allowed`; to all where there are none.
pub async fn http_proxy(login: Login<'_>, allowed: &[u16]) -> Option<Service> {
    if !have("tinyproxy") {
        return None;
    }
    let start = |ports: &[u16], directory: &Path| {
        let mut config = format!("Port {}\nListen 127.0.0.1\nTimeout 60\n", ports[0]);
        if let Some((user_name, password)) = login {
            writeln!(config, "BasicAuth {user_name} {password}").expect("a string takes it");
        }
        for port in allowed {
            writeln!(config, "ConnectPort {port}").expect("a string takes it");
        }
        let file = directory.join("tinyproxy.conf");
        std::fs::write(&file, config).expect("its configuration");
        let mut tinyproxy = command("tinyproxy", ["-d", "-c"]);
        tinyproxy.arg(file);
        tinyproxy
    };
    Some(Service::start(1, start).await)
}

/// Python's web server, with an empty directory.
pub async fn web_server() -> Option<Service> {
    if !have("python3") {
        return None;
    }
    let start = |ports: &[u16], directory: &Path| {
        let mut python = command("python3", ["-m", "http.server", "--bind", "127.0.0.1"]);
        python.arg(ports[0].to_string()).current_dir(directory);
        python
    };
    Some(Service::start(1, start).await)
}

/// OpenSSL's TLS server with this certificate and key, and further options.
pub async fn openssl_server(certificate: &Path, key: &Path, options: &[&str]) -> Option<Service> {
    if !have("openssl") {
        return None;
    }
    let start = |ports: &[u16], _: &Path| {
        let mut openssl = command("openssl", ["s_server", "-quiet", "-accept"]);
        openssl.arg(format!("127.0.0.1:{}", ports[0]));
        openssl.arg("-cert").arg(certificate);
        openssl.arg("-key").arg(key);
        openssl.args(options);
        openssl
    };
    Some(Service::start(1, start).await)
}
