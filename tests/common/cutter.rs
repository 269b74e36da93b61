//! A TCP proxy that resets its connections in the middle of the stream.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A running proxy; it lives as long as the runtime.
pub struct Cutter {
    port: u16,
    cuts: Arc<AtomicUsize>,
}

impl Cutter {
    /// Forwards to `target` on this machine. The first `cuts` connections are reset once `bytes` have passed in both
    /// directions together, wherever in a packet that is; later ones stay.
    pub async fn start(target: u16, cuts: usize, bytes: usize) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&done);
        tokio::spawn(async move {
            for connection in 0.. {
                let Ok((client, _)) = listener.accept().await else {
                    return;
                };
                let budget = if connection < cuts {
                    bytes + connection
                } else {
                    usize::MAX
                };
                let counter = Arc::clone(&counter);
                tokio::spawn(async move {
                    let server = TcpStream::connect((Ipv4Addr::LOCALHOST, target)).await;
                    if let Ok(server) = server {
                        forward(client, server, budget).await;
                        counter.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
        });
        Self { port, cuts: done }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Connections that are over.
    pub fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

/// Forwards both ways until `budget` bytes have passed or one side is gone; then both sides are reset.
async fn forward(mut client: TcpStream, mut server: TcpStream, mut budget: usize) {
    let mut up = vec![0; 1_500];
    let mut down = vec![0; 1_500];
    while budget > 0 {
        let (count, bytes, to) = tokio::select! {
            count = client.read(&mut up) => (count, &up, &mut server),
            count = server.read(&mut down) => (count, &down, &mut client),
        };
        let count = count.unwrap_or(0).min(budget);
        if count == 0 || to.write_all(&bytes[..count]).await.is_err() {
            break;
        }
        budget -= count;
    }
    for side in [&client, &server] {
        side.set_zero_linger().ok();
    }
}
