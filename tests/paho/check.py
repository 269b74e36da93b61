"""Checks a broker with paho-mqtt: run as `check.py PORT CHECK VERSION`, exits with 0 when the check holds.

Every check is a function below; VERSION is 311 or 5.
"""

import queue
import sys
import time

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

PATIENCE = 20


class Client:
    """A paho client whose callbacks are queues."""

    def __init__(self, port, version, name, clean=True, will=None, will_delay=0):
        self.port, self.version, self.clean = port, version, clean
        self.messages, self.done, self.connected = queue.Queue(), queue.Queue(), queue.Queue()
        if version == 5:
            self.paho = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, name, protocol=mqtt.MQTTv5)
        else:
            self.paho = mqtt.Client(
                mqtt.CallbackAPIVersion.VERSION2, name, clean_session=clean, protocol=mqtt.MQTTv311
            )
        self.paho.max_inflight_messages_set(100)
        self.paho.on_connect = lambda client, data, flags, code, properties: self.connected.put((flags, code))
        self.paho.on_message = lambda client, data, message: self.messages.put(message)
        self.paho.on_subscribe = lambda client, data, mid, codes, properties: self.done.put(codes)
        self.paho.on_unsubscribe = lambda client, data, mid, codes, properties: self.done.put(codes)
        if will:
            properties = None
            if version == 5:
                properties = Properties(PacketTypes.WILLMESSAGE)
                properties.WillDelayInterval = will_delay
            self.paho.will_set(will[0], will[1], qos=1, properties=properties)

    def open(self):
        """Connects and returns whether a session was resumed."""
        if self.version == 5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 0 if self.clean else 600
            self.paho.connect("127.0.0.1", self.port, clean_start=self.clean, properties=properties)
        else:
            self.paho.connect("127.0.0.1", self.port)
        self.paho.loop_start()
        flags, code = self.connected.get(timeout=PATIENCE)
        assert not code.is_failure, code
        return flags.session_present

    def subscribe(self, topic_filter, qos=2):
        self.paho.subscribe(topic_filter, qos=qos)
        codes = self.done.get(timeout=PATIENCE)
        assert [code.value for code in codes] == [qos], codes

    def publish(self, topic, payload, qos=0, retain=False):
        return self.paho.publish(topic, payload, qos=qos, retain=retain)

    def publish_and_wait(self, topic, payload, qos=1, retain=False):
        self.publish(topic, payload, qos, retain).wait_for_publish(PATIENCE)

    def message(self):
        return self.messages.get(timeout=PATIENCE)

    def text(self):
        message = self.message()
        return message.topic, message.payload.decode(), message.qos, message.retain

    def close(self):
        self.paho.disconnect()
        self.paho.loop_stop()

    def cut(self):
        """Goes without DISCONNECT."""
        self.paho.loop_stop()
        self.paho._sock_close()


def wildcards(port, version):
    publisher = Client(port, version, "publisher")
    publisher.open()
    cases = {
        "sport/+/player": ["sport/tennis/player"],
        "sport/#": ["sport", "sport/tennis/player", "sport/tennis/player/rank"],
        "+": ["sport"],
        "#": ["sport", "sport/tennis/player", "sport/tennis/player/rank", "/x"],
        "+/x": ["/x"],
        "/+": ["/x"],
    }
    published = ["sport", "sport/tennis/player", "sport/tennis/player/rank", "/x", "end"]
    for number, (topic_filter, expected) in enumerate(cases.items()):
        subscriber = Client(port, version, f"subscriber-{number}")
        subscriber.open()
        subscriber.subscribe(topic_filter)
        if topic_filter not in ("#", "+"):
            subscriber.subscribe("end")
        for topic in published:
            publisher.publish_and_wait(topic, "x")
        seen = []
        while not seen or seen[-1] != "end":
            seen.append(subscriber.message().topic)
        assert seen[:-1] == expected, (topic_filter, seen)
        subscriber.paho.unsubscribe(topic_filter)
        subscriber.done.get(timeout=PATIENCE)
        subscriber.close()
    publisher.close()


def retained(port, version):
    publisher = Client(port, version, "publisher")
    publisher.open()
    for topic in ("r/1", "r/2", "r/3"):
        publisher.publish_and_wait(topic, f"old {topic}", qos=1, retain=True)
        publisher.publish_and_wait(topic, f"kept {topic}", qos=1, retain=True)
    publisher.publish_and_wait("r/3", "", qos=1, retain=True)
    subscriber = Client(port, version, "subscriber")
    subscriber.open()
    subscriber.subscribe("r/#", qos=1)
    first = sorted(subscriber.text() for _ in range(2))
    assert first == [("r/1", "kept r/1", 1, True), ("r/2", "kept r/2", 1, True)], first
    publisher.publish_and_wait("r/1", "live", qos=0, retain=True)
    assert subscriber.text() == ("r/1", "live", 0, False)
    subscriber.close()
    publisher.close()


def will(port, version):
    watcher = Client(port, version, "watcher")
    watcher.open()
    watcher.subscribe("wills/#")
    # A clean DISCONNECT takes the will back.
    polite = Client(port, version, "polite", will=("wills/polite", "gone"))
    polite.open()
    polite.close()
    rude = Client(port, version, "rude", will=("wills/rude", "gone"))
    rude.open()
    rude.cut()
    assert watcher.text() == ("wills/rude", "gone", 1, False)
    watcher.close()


def will_delay(port, version):
    assert version == 5
    watcher = Client(port, version, "watcher")
    watcher.open()
    watcher.subscribe("wills/#")
    delayed = Client(port, version, "delayed", clean=False, will=("wills/delayed", "late"), will_delay=2)
    delayed.open()
    began = time.monotonic()
    delayed.cut()
    assert watcher.text() == ("wills/delayed", "late", 1, False)
    assert time.monotonic() - began >= 1.9
    # Back before the delay is over: no will (MQTT 5, 3.1.3.2.2).
    back = Client(port, version, "back", clean=False, will=("wills/back", "late"), will_delay=1)
    back.open()
    back.cut()
    again = Client(port, version, "back", clean=False)
    assert again.open()
    later = Client(port, version, "later", clean=False, will=("wills/later", "late"), will_delay=2)
    later.open()
    later.cut()
    assert watcher.text()[0] == "wills/later"
    again.close()
    watcher.close()


def session(port, version):
    sleeper = Client(port, version, "sleeper", clean=False)
    assert not sleeper.open()
    sleeper.subscribe("s/#", qos=2)
    sleeper.close()
    publisher = Client(port, version, "publisher")
    publisher.open()
    for number in range(1_000):
        publisher.publish(f"s/{number % 7}", str(number), qos=1 + number % 2)
    publisher.publish_and_wait("s/end", "1000", qos=2)
    awake = Client(port, version, "sleeper", clean=False)
    assert awake.open()
    seen = [int(awake.message().payload) for _ in range(1_001)]
    # In order for each QoS (MQTT 5, 4.6): QoS 2 is passed on only after its PUBREL.
    for remainder in (0, 1):
        part = [number for number in seen if number % 2 == remainder]
        assert part == list(range(remainder, 1_001, 2)), part[:10]
    awake.close()
    # A clean start throws the session away.
    fresh = Client(port, version, "sleeper", clean=True)
    assert not fresh.open()
    publisher.publish_and_wait("s/x", "for nobody")
    fresh.subscribe("t")
    publisher.publish_and_wait("t", "for me")
    assert fresh.message().payload == b"for me"
    fresh.close()
    publisher.close()


def shared(port, version):
    workers = [Client(port, version, f"worker-{number}") for number in range(3)]
    for worker in workers:
        worker.open()
        worker.subscribe("$share/crew/jobs/#", qos=1)
    everything = Client(port, version, "everything")
    everything.open()
    everything.subscribe("jobs/#", qos=1)
    publisher = Client(port, version, "publisher")
    publisher.open()
    for number in range(300):
        publisher.publish(f"jobs/{number % 5}", str(number), qos=1)
    assert sorted(int(everything.message().payload) for _ in range(300)) == list(range(300))
    seen = []
    end = time.monotonic() + PATIENCE
    while len(seen) < 300 and time.monotonic() < end:
        for number, worker in enumerate(workers):
            try:
                while True:
                    seen.append((int(worker.messages.get_nowait().payload), number))
            except queue.Empty:
                pass
        time.sleep(0.01)
    assert sorted(job for job, _ in seen) == list(range(300)), len(seen)
    assert {worker for _, worker in seen} == {0, 1, 2}
    for client in [*workers, everything, publisher]:
        client.close()


def exactly_once(port, version):
    subscriber = Client(port, version, "subscriber", clean=False)
    subscriber.open()
    subscriber.subscribe("q/#", qos=2)
    publisher = Client(port, version, "publisher", clean=False)
    publisher.open()
    sent = [publisher.publish("q/x", str(number), qos=2) for number in range(2_000)]
    for info in sent:
        info.wait_for_publish(PATIENCE)
    seen = [int(subscriber.message().payload) for _ in range(2_000)]
    assert seen == list(range(2_000))
    publisher.publish_and_wait("q/end", "end", qos=2)
    assert subscriber.message().payload == b"end", "a duplicate"
    subscriber.close()
    publisher.close()


def properties(port, version):
    assert version == 5
    subscriber = Client(port, version, "subscriber")
    subscriber.open()
    subscriber.subscribe("p")
    publisher = Client(port, version, "publisher")
    publisher.open()
    sent = Properties(PacketTypes.PUBLISH)
    sent.ContentType = "application/json"
    sent.ResponseTopic = "answers"
    sent.CorrelationData = b"\x01\x02"
    sent.MessageExpiryInterval = 60
    sent.UserProperty = [("origin", "laptop"), ("origin", "again")]
    publisher.paho.publish("p", "{}", qos=1, properties=sent)
    got = subscriber.message().properties
    assert got.ContentType == "application/json"
    assert got.ResponseTopic == "answers"
    assert got.CorrelationData == b"\x01\x02"
    assert 0 < got.MessageExpiryInterval <= 60
    assert got.UserProperty[:2] == [("origin", "laptop"), ("origin", "again")], got.UserProperty
    assert ("x-mqtt-client-id", "publisher") in got.UserProperty, got.UserProperty
    subscriber.close()
    publisher.close()


def main():
    port, check, version = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    globals()[check](port, version)


if __name__ == "__main__":
    main()
