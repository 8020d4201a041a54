"""Two presses behind an edge node, at a broker; type what happens to press-1.

python press.py 127.0.0.1 1883

    run | stop | jam | service | off | on
"""

import asyncio
import sys
from collections.abc import Callable

import aiomqtt

from andon.connectors.sparkplug.simulated import EdgeNode, Point

__all__ = ["Presses"]


class Presses(EdgeNode):
    """The reset button clears the fault, and the press runs."""

    def __init__(self, publish: Callable[[str, bytes], None]) -> None:
        points = ("press-1", "press-2")
        super().__init__(publish, "PressShop", "edge1", {name: _points() for name in points})

    def took(self, topic: str, data: bytes) -> None:
        """A pressed button comes up again."""
        super().took(topic, data)
        for name, points in self.devices.items():
            if points["Control/Reset"].value:
                self.report(name, {"Control/Reset": False, "Reason": "", "State": 1})

    def happens(self, what: str) -> None:
        """To the first press."""
        match what:
            case "run":
                self.report("press-1", {"State": 1, "Reason": ""})
            case "stop":
                self.report("press-1", {"State": 0, "Reason": ""})
            case "jam":
                self.report("press-1", {"State": 0, "Reason": "sheet jammed"})
            case "service":
                self.report("press-1", {"State": 2, "Reason": "maintenance"})
            case "off":
                self.die()
            case "on":
                self.connect()
            case _:
                print(__doc__)


def _points() -> dict[str, Point]:
    return {
        "State": Point("Int32", 1),
        "Reason": Point("String", ""),
        "Tonnage": Point("Float", 0.0),
        "Control/Reset": Point("Boolean", False),
    }


async def main(host: str, port: int) -> None:
    """Until the input ends."""
    async with aiomqtt.Client(host, port) as client:
        outgoing: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        presses = Presses(lambda topic, data: outgoing.put_nowait((topic, data)))

        async def say() -> None:
            while True:
                await client.publish(*await outgoing.get())
                outgoing.task_done()

        async def listen() -> None:
            async for message in client.messages:
                presses.took(message.topic.value, message.payload)

        await client.subscribe("spBv1.0/PressShop/+/edge1/#")
        tasks = [asyncio.create_task(say()), asyncio.create_task(listen())]
        presses.connect()
        while line := await asyncio.to_thread(sys.stdin.readline):
            presses.happens(line.strip())
        await outgoing.join()
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
