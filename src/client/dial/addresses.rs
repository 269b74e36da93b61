//! From a host name to a TCP connection, as RFC 8305 (“Happy Eyeballs”) says: IPv6 and IPv4 addresses take turns, each
//! gets a head start of a quarter of a second before the next is tried beside it, and the first one that answers wins.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::error::DialError;

/// How long an address is tried alone (RFC 8305, 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// The addresses of `host` in the order to try them.
///
/// # Errors
/// [`DialError::NameUnknown`].
pub(super) async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, DialError> {
    let unknown = |words: String| DialError::NameUnknown {
        name: host.to_owned(),
        words,
    };
    let found = lookup_host((host, port))
        .await
        .map_err(|err| unknown(err.to_string()))?;
    let addresses = take_turns(found.collect());
    if addresses.is_empty() {
        return Err(unknown("it has no address".to_owned()));
    }
    Ok(addresses)
}

/// Connects to whichever of `addresses` answers first.
///
/// # Errors
/// [`DialError::Tcp`] with the most telling of the failures.
pub(super) async fn connect(addresses: Vec<SocketAddr>) -> Result<TcpStream, DialError> {
    let stream = race(addresses).await.and_then(|stream| {
        // without it every acknowledgement waits for the one before (Nagle): QoS 1 is 30 times slower
        stream.set_nodelay(true)?;
        Ok(stream)
    });
    stream.map_err(|err| DialError::Tcp {
        kind: err.kind(),
        words: err.to_string(),
    })
}

/// The families in turns, beginning with the one that the system prefers (RFC 8305, 4).
fn take_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let begins_with_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == begins_with_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut ordered = Vec::new();
    loop {
        let before = ordered.len();
        ordered.extend(first.next());
        ordered.extend(second.next());
        if ordered.len() == before {
            return ordered;
        }
    }
}

/// Dropping the set cancels those that were slower.
async fn race(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter().peekable();
    let mut attempts = JoinSet::new();
    let mut failure: Option<io::Error> = None;
    loop {
        if let Some(address) = waiting.next() {
            attempts.spawn(TcpStream::connect(address));
        }
        let ended = tokio::select! {
            ended = attempts.join_next() => ended,
            () = sleep(HEAD_START), if waiting.peek().is_some() => continue,
        };
        let err = match ended {
            Some(Ok(Ok(stream))) => return Ok(stream),
            Some(Ok(Err(err))) => err,
            Some(Err(panicked)) => io::Error::other(panicked),
            None => return Err(failure.unwrap_or_else(|| io::ErrorKind::NotFound.into())),
        };
        let is_better = failure
            .as_ref()
            .is_none_or(|before| telling(&err) > telling(before));
        if is_better {
            failure = Some(err);
        }
    }
}

/// How much an error tells: that nothing listens at one address says more than that there is no way to another.
fn telling(err: &io::Error) -> u8 {
    use io::ErrorKind as Kind;
    match err.kind() {
        Kind::ConnectionRefused => 2,
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::AddrNotAvailable => 0,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    #[test]
    fn families_take_turns_beginning_with_the_preferred_one() {
        let parse = |text: &str| text.parse::<SocketAddr>().unwrap();
        let v6 = ["[::1]:1", "[::2]:1", "[::3]:1"].map(parse);
        let v4 = ["1.1.1.1:1"].map(parse);
        let turns = take_turns(v6.into_iter().chain(v4).collect());
        assert_eq!(turns, [v6[0], v4[0], v6[1], v6[2]]);
        let turns = take_turns(v4.into_iter().chain(v6).collect());
        assert_eq!(turns, [v4[0], v6[0], v6[1], v6[2]]);
        assert_eq!(take_turns(Vec::new()), []);
    }

    /// A listener that never answers, because as many as it wants are waiting already.
    async fn silent() -> (SocketAddr, Vec<JoinSet<()>>, TcpListener) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut waiting = JoinSet::new();
        for _ in 0..16 {
            waiting.spawn(async move {
                let stream = TcpStream::connect(address).await;
                std::future::pending::<()>().await;
                drop(stream);
            });
        }
        // full once a connection is no longer answered
        while tokio::time::timeout(HEAD_START, TcpStream::connect(address))
            .await
            .is_ok_and(|stream| stream.is_ok())
        {}
        (address, vec![waiting], listener)
    }

    #[tokio::test]
    async fn an_address_that_stays_silent_does_not_hold_up_the_next() {
        let (quiet, _waiting, _full) = silent().await;
        let good = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let good_address = good.local_addr().unwrap();
        let stream = race(vec![quiet, good_address]).await.unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good_address);
    }

    #[tokio::test]
    async fn of_several_failures_the_most_telling_one_is_told() {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let refusing = free.local_addr().unwrap();
        drop(free);
        // nobody can connect to everybody, which every system says at once
        let nowhere = "255.255.255.255:9".parse().unwrap();
        let kind = |result: io::Result<TcpStream>| result.unwrap_err().kind();
        assert_ne!(
            kind(race(vec![nowhere]).await),
            io::ErrorKind::ConnectionRefused
        );
        for addresses in [[nowhere, refusing], [refusing, nowhere]] {
            let ended =
                tokio::time::timeout(Duration::from_secs(30), race(addresses.to_vec())).await;
            let told = kind(ended.expect("the race ends"));
            assert_eq!(told, io::ErrorKind::ConnectionRefused);
        }
        assert_eq!(kind(race(Vec::new()).await), io::ErrorKind::NotFound);
    }
}
