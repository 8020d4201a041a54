"""Ports for what listens again where it listened before."""

import socket
from pathlib import Path

from andon.connectors._ports import free_port, free_ports


def _given() -> int:
    return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])


def test_a_port_is_none_that_the_system_gives_away_unasked() -> None:
    assert all(port < _given() for port in free_ports(20))


def test_several_are_each_another_one_and_free() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()


def test_one_is_still_free_after_everybody_else_has_asked_for_any() -> None:
    port = free_port()
    others = [socket.create_server(("127.0.0.1", 0)) for _ in range(200)]
    try:
        socket.create_server(("127.0.0.1", port)).close()
    finally:
        for one in others:
            one.close()
