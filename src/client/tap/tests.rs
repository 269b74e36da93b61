//! What the tap reads and writes around a session that is played here.

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

use super::*;

const CONNACK: &[u8] = b"\x20\x02\x01\x00";
const QOS_1: &[u8] = b"\x32\x05\x00\x01a\x00\x07";
const PUBACK: &[u8] = b"\x40\x02\x00\x07";
const PINGRESP: &[u8] = b"\xd0\x00";

/// A tap around a stream that takes in `room` bytes, and the broker's end of it.
fn tapped(room: usize) -> (Tap<DuplexStream>, DuplexStream, Arc<Link>) {
    let (stream, broker) = duplex(room);
    let link = Arc::new(Link::default());
    let setup = Setup {
        version: Version::V311,
        max_packet_size: 1_000,
        acknowledge_by_hand: false,
    };
    (Tap::new(stream, Arc::clone(&link), setup), broker, link)
}

async fn next(from: &mut (impl AsyncRead + Unpin), count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    from.read_exact(&mut bytes).await.expect("more bytes");
    bytes
}

#[tokio::test]
async fn the_session_sees_no_message_and_the_broker_gets_its_answer() {
    let (mut tap, mut broker, link) = tapped(64);
    let bytes = [CONNACK, QOS_1, b"\x30\x03\x00\x01a", PINGRESP].concat();
    broker.write_all(&bytes).await.expect("room");
    assert_eq!(next(&mut tap, 6).await, [CONNACK, PINGRESP].concat());
    let reading = tokio::spawn(async move { tap.read_u8().await });
    assert_eq!(next(&mut broker, 4).await, PUBACK);
    drop(broker);
    reading.await.expect("it ends").expect_err("the end");
    let mut packets = Vec::new();
    link.captures().try_take(&mut packets);
    let seen: Vec<_> = packets.iter().map(|packet| packet.frame[0]).collect();
    assert_eq!(seen, [0x20, 0x32, 0x30, 0xd0, 0x40]);
}

#[tokio::test]
async fn an_answer_waits_for_the_end_of_a_packet() {
    const SUBSCRIBE: &[u8] = b"\x82\x0a\x00\x01\x00\x05topic\x00";
    let (mut tap, mut broker, _link) = tapped(8);
    assert_eq!(tap.write(SUBSCRIBE).await.expect("room"), 8);
    broker.write_all(CONNACK).await.expect("room");
    assert_eq!(next(&mut tap, 4).await, CONNACK);
    broker.write_all(&QOS_1[..7]).await.expect("room");
    let session = tokio::spawn(async move {
        let peek = tokio::time::timeout(Duration::from_millis(10), tap.read_u8()).await;
        peek.expect_err("nothing for the session");
        tap.write_all(&SUBSCRIBE[8..]).await.expect("room");
        tap.read_u8().await
    });
    let expected = [SUBSCRIBE, PUBACK].concat();
    assert_eq!(next(&mut broker, expected.len()).await, expected);
    drop(broker);
    session.await.expect("it ends").expect_err("the end");
}

#[tokio::test]
async fn connack_is_told_before_the_socket_breaks() {
    let (mut tap, mut broker, _link) = tapped(64);
    let bytes = [CONNACK, QOS_1].concat();
    broker.write_all(&bytes).await.expect("room");
    drop(broker);
    assert_eq!(next(&mut tap, 4).await, CONNACK);
    tap.read_u8().await.expect_err("the end");
}
