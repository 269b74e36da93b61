//! What the tap reads and writes around a session that is played here.

use tokio::io::{AsyncReadExt, AsyncWriteExt, BufStream, DuplexStream, duplex};

use super::*;

const CONNACK: &[u8] = b"\x20\x02\x01\x00";
const QOS_1: &[u8] = b"\x32\x05\x00\x01a\x00\x07";
const PUBACK: &[u8] = b"\x40\x02\x00\x07";
const PINGRESP: &[u8] = b"\xd0\x00";

const SETUP: Setup = Setup {
    version: Version::V311,
    max_packet_size: 1_000,
    topic_alias_maximum: 0,
    acknowledge_by_hand: false,
};

/// A tap around a stream that takes in `room` bytes, and the broker's end of it.
fn tapped(room: usize) -> (Tap<DuplexStream>, DuplexStream, Arc<Link>) {
    let (stream, broker) = duplex(room);
    let link = Arc::new(Link::default());
    (Tap::new(stream, Arc::clone(&link), SETUP), broker, link)
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

#[tokio::test]
async fn an_answer_does_not_stay_in_a_stream_that_gathers() {
    // as WebSocket does, and TLS when the socket is full
    let (stream, mut broker) = duplex(64);
    let mut tap = Tap::new(BufStream::new(stream), Arc::default(), SETUP);
    let bytes = [CONNACK, QOS_1].concat();
    broker.write_all(&bytes).await.expect("room");
    assert_eq!(next(&mut tap, 4).await, CONNACK);
    let reading = tokio::spawn(async move { tap.read_u8().await });
    let answer = tokio::time::timeout(Duration::from_secs(10), next(&mut broker, 4)).await;
    assert_eq!(answer.expect("it comes"), PUBACK);
    drop(broker);
    reading.await.expect("it ends").expect_err("the end");
}

#[tokio::test]
async fn no_answer_follows_disconnect() {
    const DISCONNECT: &[u8] = b"\xe0\x00";
    const PINGREQ: &[u8] = b"\xc0\x00";
    let (mut tap, mut broker, _link) = tapped(3);
    let goodbye = [PINGREQ, DISCONNECT].concat();
    assert_eq!(tap.write(&goodbye).await.expect("room"), 3);
    let mut reading = pin!(async move {
        broker.write_all(CONNACK).await.expect("room");
        broker.write_all(QOS_1).await.expect("room");
        (next(&mut broker, 4).await, broker)
    });
    let mut read = Vec::new();
    while read.len() < 4 {
        tokio::select! {
            byte = tap.read_u8() => read.push(byte.expect("CONNACK")),
            _ = &mut reading => unreachable!("only three bytes have been written"),
        }
    }
    let session = async {
        let peek = tokio::time::timeout(Duration::from_millis(50), tap.read_u8()).await;
        peek.expect_err("nothing for the session");
        tap.write_all(&goodbye[3..]).await.expect("room");
        let peek = tokio::time::timeout(Duration::from_millis(50), tap.read_u8()).await;
        peek.expect_err("nothing for the session");
    };
    let ((sent, mut broker), ()) = tokio::join!(reading, session);
    assert_eq!(sent, goodbye);
    drop(tap);
    let mut rest = Vec::new();
    broker.read_to_end(&mut rest).await.expect("the end");
    assert_eq!(rest, b"");
}
