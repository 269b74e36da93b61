//! A broker that answers as a test wants, for what a real one does not do on demand.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// What the fake broker does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Refuses CONNECT with this code.
    Refuse(u8),
    /// Closes the connection instead of answering CONNECT.
    CloseOnConnect,
    /// Closes the connection when a message comes.
    CloseOnPublish,
    /// Refuses every subscription.
    RefuseSubscriptions,
}

/// Starts one and returns its port; it lives as long as the test program.
pub fn start(manner: Manner) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let accept = move || {
        for stream in listener.incoming().flatten() {
            // A client that goes away is no concern of the broker's.
            std::thread::Builder::new()
                .name("fake client".to_owned())
                .spawn(move || serve(stream, manner).ok())
                .expect("a thread");
        }
    };
    std::thread::Builder::new()
        .name("fake broker".to_owned())
        .spawn(accept)
        .expect("a thread");
    port
}

fn serve(mut stream: TcpStream, manner: Manner) -> std::io::Result<()> {
    let mut is_v5 = false;
    loop {
        let (kind, body) = read_packet(&mut stream)?;
        match (kind, manner) {
            (1, Manner::CloseOnConnect) | (3, Manner::CloseOnPublish) => return Ok(()),
            (1, manner) => {
                is_v5 = body.get(6) == Some(&5);
                let code = match manner {
                    Manner::Refuse(code) => code,
                    _ => 0,
                };
                let answer: &[u8] = if is_v5 {
                    &[0x20, 3, 0, code, 0]
                } else {
                    &[0x20, 2, 0, code]
                };
                stream.write_all(answer)?;
                if code != 0 {
                    return Ok(());
                }
            }
            (8, _) => {
                let (high, low) = (body[0], body[1]);
                let answer: &[u8] = if is_v5 {
                    &[0x90, 4, high, low, 0, 0x87]
                } else {
                    &[0x90, 3, high, low, 0x80]
                };
                stream.write_all(answer)?;
            }
            _ => {}
        }
    }
}

/// The type and the body of the next packet; bodies of up to 127 bytes are enough here.
fn read_packet(stream: &mut TcpStream) -> std::io::Result<(u8, Vec<u8>)> {
    let mut header = [0; 2];
    stream.read_exact(&mut header)?;
    assert!(header[1] < 128, "a short packet");
    let mut body = vec![0; usize::from(header[1])];
    stream.read_exact(&mut body)?;
    Ok((header[0] >> 4, body))
}
