import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from app.notifications.message import EventName
from app.notifications.mqtt import discovery_messages
from app.notifications.sender import DeliveryError
from tests.app.notifications.samples import hit, message, receiver
from tests.app.notifications.servers import free_port, mosquitto, wait_until


class Listener:
    """Keeps all that a broker publishes: every message, and the last of each topic."""

    def __init__(self, port: int) -> None:
        self.messages: list[tuple[str, bytes]] = []
        self.client = Client(CallbackAPIVersion.VERSION2)
        self.client.on_message = self._keep
        self.client.connect("127.0.0.1", port)
        self.client.subscribe("#", 1)
        self.client.loop_start()

    def _keep(self, _client: Client, _data: object, found: MQTTMessage) -> None:
        self.messages.append((found.topic, found.payload))

    def last(self, topic: str) -> bytes | None:
        return next((payload for name, payload in reversed(self.messages) if name == topic), None)


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    found = free_port()
    with mosquitto(tmp_path, found):
        yield found


@pytest.fixture
def listener(port: int) -> Iterator[Listener]:
    listener = Listener(port)
    wait_until(listener.client.is_connected)
    yield listener
    listener.client.loop_stop()


def test_a_hit_arrives_as_event_state_and_picture_and_the_state_is_cleared(port: int, listener: Listener) -> None:
    sent = hit()
    sender = receiver("mqtt", host="127.0.0.1", port=port, clear_s=0.5).make_sender()
    sender.send(sent)
    wait_until(lambda: listener.last("platescribe/gate/event") is not None)

    event = json.loads(listener.last("platescribe/gate/event") or b"")
    assert event == sent.to_json() | {"event_type": "hit"}
    plates = [payload for topic, payload in listener.messages if topic == "platescribe/gate/plate"]
    assert plates[0] == b"AB12CDE"
    assert listener.last("platescribe/gate/crop") == sent.crop
    assert (b"ON") in [payload for topic, payload in listener.messages if topic == "platescribe/gate/hit"]
    wait_until(lambda: listener.last("platescribe/gate/hit") == b"OFF")
    assert listener.last("platescribe/gate/plate") == b""
    sender.close()
    wait_until(lambda: listener.last("platescribe/status") == b"offline")


def test_home_assistant_is_told_of_four_entities_once_a_connection(port: int, listener: Listener) -> None:
    sender = receiver("mqtt", host="127.0.0.1", port=port).make_sender()
    sender.send(message())
    sender.send(message())
    wait_until(lambda: len([t for t, _ in listener.messages if t == "platescribe/gate/event"]) == 2)
    sender.close()

    found = [topic for topic, _ in listener.messages if topic.startswith("homeassistant/")]
    assert sorted(found) == [
        "homeassistant/binary_sensor/platescribe_gate/hit/config",
        "homeassistant/event/platescribe_gate/event/config",
        "homeassistant/image/platescribe_gate/crop/config",
        "homeassistant/sensor/platescribe_gate/plate/config",
    ]


# The keys that Home Assistant documents for each platform (integrations sensor.mqtt, binary_sensor.mqtt, image.mqtt,
# event.mqtt and "MQTT discovery"): required ones must be there, others must be known.
_COMMON = {"name", "unique_id", "availability_topic", "device", "origin"}
_DOCUMENTED = {
    "sensor": ({"state_topic"}, {"icon", "json_attributes_topic", "value_template", "expire_after"}),
    "binary_sensor": ({"state_topic"}, {"payload_on", "payload_off", "off_delay", "device_class"}),
    "image": ({"image_topic"}, {"content_type", "image_encoding", "url_topic"}),
    "event": ({"state_topic", "event_types"}, {"device_class", "value_template"}),
}


def test_discovery_keeps_to_what_home_assistant_documents() -> None:
    for topic, payload in discovery_messages("homeassistant", "platescribe", "Gate Ä 1"):
        _, component, node, key, last = topic.split("/")
        required, optional = _DOCUMENTED[component]
        assert last == "config"
        assert required <= payload.keys() <= required | optional | _COMMON
        assert payload["unique_id"] == f"{node}_{key}"
        assert payload["device"]["identifiers"] == [node]
        assert all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in node + key)
    events = next(p for t, p in discovery_messages("homeassistant", "platescribe", "x") if "/event/" in t)
    assert events["event_types"] == [event.value for event in EventName]


def test_a_broker_that_is_not_there_is_named() -> None:
    port = free_port()
    with pytest.raises(DeliveryError, match=f"127.0.0.1:{port}"):
        receiver("mqtt", host="127.0.0.1", port=port).make_sender().send(message())


def test_a_broker_that_went_and_came_back_is_used_again(tmp_path: Path) -> None:
    port = free_port()
    sender = receiver("mqtt", host="127.0.0.1", port=port).make_sender()
    with mosquitto(tmp_path, port):
        sender.send(message())
    with pytest.raises(DeliveryError):
        sender.send(message())
    with mosquitto(tmp_path, port):
        listener = Listener(port)
        wait_until(listener.client.is_connected)
        sender.send(message("ZZ1"))
        wait_until(lambda: listener.last("platescribe/gate/plate") == b"ZZ1")
        listener.client.loop_stop()
    sender.close()
