"""MQTT, with the topics by which Home Assistant finds the entities by itself (its MQTT discovery)."""

import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.notifications.message import EventName, Message
from app.notifications.sender import (
    TIMEOUT_S,
    DeliveryError,
    Kind,
    ReceiverError,
    ReceiverOption,
    Sender,
    register_kind,
)
from app.version import __version__

if TYPE_CHECKING:
    from paho.mqtt.client import Client, MQTTMessageInfo
    from paho.mqtt.reasoncodes import ReasonCode

OPTIONS = (
    ReceiverOption("host", "MQTT broker.", required=True),
    ReceiverOption("port", "Port of the broker; 0 takes 1883, or 8883 with tls.", default=0),
    ReceiverOption("tls", "Encrypt the connection.", default=False),
    ReceiverOption("user", "Login name at the broker; empty for none."),
    ReceiverOption("password", "Password at the broker.", secret=True),
    ReceiverOption("topic", "Messages go below this topic.", default="platescribe"),
    ReceiverOption("discovery", "Tell Home Assistant of the entities; empty for not.", default="homeassistant"),
    ReceiverOption("clear_s", "The last plate is cleared after so many seconds; 0: never.", default=60.0),
    ReceiverOption("crop", "Publish the plate's picture.", default=True),
)

#: Each message is confirmed by the broker before it counts as delivered.
_QOS = 1
_NOTHING = ""


class MqttSender(Sender):
    """Publishes messages below one topic, a branch a source.

    `TOPIC/SOURCE/event` gets every message as JSON; `plate` the last text, retained, cleared after a while; `hit` ON or
    OFF; `crop` the picture; `TOPIC/status` says online or, by the broker's own last will, offline.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._host, self._tls = str(options["host"]), bool(options["tls"])
        self._port = int(options["port"]) or (8883 if self._tls else 1883)
        self._user, self._password = str(options["user"]), str(options["password"])
        self._topic = str(options["topic"]).strip("/")
        if not self._topic or re.search(r"[#+\0]", self._topic):
            raise ReceiverError(f"topic: {options['topic']!r} is no topic; use letters, digits and /")
        self._discovery = str(options["discovery"]).strip("/")
        self._clear_s, self._crop = float(options["clear_s"]), bool(options["crop"])
        self._client: Client | None = None
        self._announced: set[str] = set()
        self._timers: dict[str, threading.Timer] = {}
        self._closed = False

    def send(self, message: Message) -> None:
        """Publishes a message and returns once the broker has confirmed it."""
        client = self._connected()
        branch = source_topic(self._topic, message.source)
        self._announce(client, message.source)
        if message.read is not None:
            self._publish_read(client, branch, message)
        body = message.to_json() | {"event_type": message.event.value}
        self._publish(client, f"{branch}/event", json.dumps(body, ensure_ascii=False))

    def close(self) -> None:
        """Says goodbye to the broker."""
        self._closed = True
        for timer in self._timers.values():
            timer.cancel()
        if self._client is not None:
            self._client.publish(f"{self._topic}/status", "offline", _QOS, retain=True)
            self._drop()

    def _publish_read(self, client: "Client", branch: str, message: Message) -> None:
        self._publish(client, f"{branch}/plate", message.plate, retain=True)
        self._publish(client, f"{branch}/attributes", json.dumps(message.read, ensure_ascii=False), retain=True)
        if self._crop and message.crop:
            self._publish(client, f"{branch}/crop", message.crop, retain=True)
        if message.event is EventName.HIT:
            self._publish(client, f"{branch}/hit", "ON", retain=True)
        if self._clear_s > 0:
            self._clear_later(branch)

    def _clear_later(self, branch: str) -> None:
        """Clears the state some time after the last message: a plate that left long ago is no state."""
        if (before := self._timers.pop(branch, None)) is not None:
            before.cancel()
        timer = threading.Timer(self._clear_s, self._clear, (branch,))
        timer.daemon = True
        self._timers[branch] = timer
        timer.start()

    def _clear(self, branch: str) -> None:
        client = self._client
        if client is None or self._closed:
            return
        client.publish(f"{branch}/plate", _NOTHING, _QOS, retain=True)
        client.publish(f"{branch}/attributes", "{}", _QOS, retain=True)
        client.publish(f"{branch}/hit", "OFF", _QOS, retain=True)

    def _publish(self, client: "Client", topic: str, payload: str | bytes, retain: bool = False) -> None:
        _confirm(client.publish(topic, payload, _QOS, retain), self._drop)

    def _connected(self) -> "Client":
        """Returns the connection, made anew where it was lost."""
        if self._client is not None and self._client.is_connected():
            return self._client
        self._drop()
        self._client = client = self._connect()
        self._announced.clear()
        self._publish(client, f"{self._topic}/status", "online", retain=True)
        return client

    def _connect(self) -> "Client":
        try:
            from paho.mqtt.client import Client
            from paho.mqtt.enums import CallbackAPIVersion
        except ImportError as error:
            raise DeliveryError("MQTT needs the package paho-mqtt: pip install 'platescribe[mqtt]'") from error
        client = Client(CallbackAPIVersion.VERSION2)
        answered = threading.Event()
        reasons: list[str] = []

        def note_answer(_client: object, _data: object, _flags: object, reason: "ReasonCode", _: object) -> None:
            if reason.is_failure:
                reasons.append(str(reason))
            answered.set()

        client.on_connect = note_answer
        client.will_set(f"{self._topic}/status", "offline", _QOS, retain=True)
        if self._user:
            client.username_pw_set(self._user, self._password)
        if self._tls:
            client.tls_set()
        client.connect_timeout = TIMEOUT_S
        try:
            client.connect(self._host, self._port)
        except (OSError, ValueError) as error:
            raise DeliveryError(f"{self._host}:{self._port}: {error}") from error
        client.loop_start()
        if not answered.wait(TIMEOUT_S) or reasons:
            client.loop_stop()
            raise DeliveryError(f"{self._host}:{self._port}: {reasons[0] if reasons else 'no answer'}")
        return client

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()
            client.loop_stop()

    def _announce(self, client: "Client", source: str) -> None:
        """Publishes the discovery messages of a source, once a connection."""
        if not self._discovery or source in self._announced:
            return
        for topic, payload in discovery_messages(self._discovery, self._topic, source):
            self._publish(client, topic, json.dumps(payload, ensure_ascii=False), retain=True)
        self._announced.add(source)


def _confirm(info: "MQTTMessageInfo", drop: Callable[[], None]) -> None:
    """Waits until the broker has a message; else the connection is given up, and the message waits for its next try."""
    try:
        info.wait_for_publish(TIMEOUT_S)
    except (RuntimeError, ValueError) as error:
        drop()
        raise DeliveryError(f"the broker did not take the message: {error}") from error
    if not info.is_published():
        drop()
        raise DeliveryError(f"the broker did not confirm the message within {TIMEOUT_S:g} s")


def source_topic(topic: str, source: str) -> str:
    """Returns the branch of a source: signs that mean something in topics become underscores."""
    return f"{topic}/{slug(source)}"


def slug(name: str) -> str:
    """Returns a name made of lower-case letters, digits, - and _, as topics and entity ids want it."""
    return re.sub(r"[^a-z0-9_-]+", "_", name.lower()).strip("_") or "source"


def discovery_messages(prefix: str, topic: str, source: str) -> list[tuple[str, dict[str, Any]]]:
    """Returns topic and payload of the discovery messages of one source (Home Assistant, "MQTT discovery").

    Entities: a sensor with the last plate and the record as attributes, a binary sensor that is on at a watch-list hit,
    an image of the plate, and an event entity that fires for each message.
    """
    name, branch = slug(source), source_topic(topic, source)
    node = f"{slug(topic)}_{name}"
    shared = {
        "availability_topic": f"{topic}/status",
        "device": {
            "identifiers": [node],
            "name": f"Platescribe {source}",
            "manufacturer": "Platescribe",
            "sw_version": __version__,
        },
        "origin": {"name": "Platescribe", "sw_version": __version__},
    }
    entities: list[tuple[str, str, dict[str, Any]]] = [
        (
            "sensor",
            "plate",
            {
                "name": "Last plate",
                "icon": "mdi:card-text-outline",
                "state_topic": f"{branch}/plate",
                "json_attributes_topic": f"{branch}/attributes",
            },
        ),
        ("binary_sensor", "hit", {"name": "Watch-list hit", "state_topic": f"{branch}/hit"}),
        ("image", "crop", {"name": "Plate picture", "image_topic": f"{branch}/crop", "content_type": "image/jpeg"}),
        (
            "event",
            "event",
            {
                "name": "Plate event",
                "state_topic": f"{branch}/event",
                "event_types": [event.value for event in EventName],
            },
        ),
    ]
    return [
        (f"{prefix}/{component}/{node}/{key}/config", entity | {"unique_id": f"{node}_{key}"} | shared)
        for component, key, entity in entities
    ]


register_kind(Kind("mqtt", "MQTT (Home Assistant)", OPTIONS, MqttSender))
