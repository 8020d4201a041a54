"""Ports of loopback for what listens again, after a stop, where it listened before."""

__all__ = ["free_port", "free_ports"]

import random
import socket
from contextlib import ExitStack
from pathlib import Path

_LEAST, _UNKNOWN = 10_000, 49_152
_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_TRIES = 50


def free_port() -> int:
    """One that nobody listens at, and that the system gives to nobody who does not name it: while
    its own server is stopped, no connection and no other server is put there."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """So many, each another one."""
    with ExitStack() as taken:
        return [taken.enter_context(_taken()).getsockname()[1] for _ in range(count)]


def _taken() -> socket.socket:
    given = range(_LEAST, _first_given())
    for _ in range(_TRIES if given else 0):
        try:
            return socket.create_server(("127.0.0.1", random.choice(given)))
        except OSError:
            continue
    return socket.create_server(("127.0.0.1", 0))


def _first_given() -> int:
    """From here on the system chooses for those who name none (RFC 6335: 49152)."""
    try:
        return int(_RANGE.read_text().split()[0])
    except (OSError, ValueError):
        return _UNKNOWN
