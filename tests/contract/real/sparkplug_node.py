"""An edge node of pysparkplug in a process of its own: told on stdin what to do, tells on stdout.

It runs in an environment of its own and knows nothing of Andon. What pysparkplug leaves to its
user, it does: it obeys requests for a birth, and writes.
"""

import json
import sys
import threading
import time
from typing import Any

from pysparkplug import (
    Client,
    DataType,
    DBirth,
    Device,
    EdgeNode,
    Message,
    MessageType,
    Metric,
    NBirth,
    QoS,
    Topic,
    get_current_timestamp,
)

GROUP, NODE, DEVICE = "Plant1", "edge1", "line1"
REBIRTH = "Node Control/Rebirth"


def made(name: str, kind: DataType, value: Any, at: int | None = None) -> Metric:
    return Metric(
        timestamp=at or get_current_timestamp(),
        name=name,
        datatype=kind,
        value=value,
        is_null=value is None,
    )


class Plant:
    """One node with one line."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.lock = threading.RLock()
        self.mute = False
        self.client = Client(username=order["username"], password=order["password"])
        self.kinds = {name: DataType[kind] for name, (kind, _, _) in order["points"].items()}
        points = [
            made(name, DataType[kind], value, at)
            for name, (kind, value, at) in order["points"].items()
        ]
        self.node = EdgeNode(
            GROUP,
            NODE,
            [made(REBIRTH, DataType.BOOLEAN, False)],
            client=self.client,
            cmd_callback=self.asked,
        )
        self.node.register(Device(DEVICE, points, cmd_callback=self.obeys))
        self.node.connect("127.0.0.1", port=order["port"])
        ends = time.monotonic() + 15
        while not self.node._connected and time.monotonic() < ends:
            time.sleep(0.005)

    def asked(self, _: EdgeNode, message: Message) -> None:
        if any(metric.name == REBIRTH for metric in message.payload.metrics):
            with self.lock:
                self.born()

    def born(self) -> None:
        metrics = (*self.node.metrics.values(), made("bdSeq", DataType.INT64, 0))
        now = get_current_timestamp()
        self.say(MessageType.NBIRTH, None, NBirth(now, self.node._seq, metrics))
        points = tuple(self.node.devices[DEVICE].metrics.values())
        self.say(MessageType.DBIRTH, DEVICE, DBirth(now, self.node._seq, points))

    def say(self, kind: MessageType, device: str | None, payload: Any) -> None:
        topic = Topic(message_type=kind, group_id=GROUP, edge_node_id=NODE, device_id=device)
        message = Message(topic=topic, payload=payload, qos=QoS.AT_MOST_ONCE, retain=False)
        self.client.publish(message, include_dtypes=True)

    def obeys(self, _: EdgeNode, message: Message) -> None:
        for metric in message.payload.metrics:
            told = made(metric.name, self.kinds[metric.name], metric.value)
            with self.lock:
                if self.mute:
                    self.mute = False
                    self.node.devices[DEVICE].update([told])
                else:
                    self.node.update_device(DEVICE, [told])
            tell({"commanded": metric.name, "value": metric.value})

    def does(self, order: dict[str, Any]) -> None:
        match order["do"]:
            case "report":
                for name, value in order["values"]:
                    with self.lock:
                        told = made(name, self.kinds[name], value, order.get("at"))
                        self.node.update_device(DEVICE, [told])
            case "mute":
                self.mute = True
            case "lose":
                with self.lock:
                    self.node._seq  # noqa: B018 takes a number that nobody will see
            case "leave":
                self.node.disconnect()


def tell(words: dict[str, Any]) -> None:
    print(json.dumps(words), flush=True)


def main() -> None:
    plant: Plant | None = None
    for line in sys.stdin:
        order = json.loads(line)
        if plant is None:
            plant = Plant(order)
        else:
            plant.does(order)
        tell({"done": order["do"]})


if __name__ == "__main__":
    main()
