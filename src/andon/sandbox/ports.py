"""Ports for programs that cannot choose one themselves."""

__all__ = ["free_port"]

import socket


def free_port() -> int:
    """One of this machine that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
