"""RabbitMQ behind TLS, with a certificate of ours beside the password, and classic queues."""

__all__ = ["COUNTERPARTS", "RabbitTls", "node"]

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from andon.connectors.amqp.node import Node
from andon.connectors.amqp.simulator import Broker, definitions
from tests.contract.certificates import Authority


def _certified(folder: Path) -> Sequence[str]:
    authority = Authority(folder)
    certificate, key = authority.issue("server")
    authority.issue("andon")
    return (
        f"ssl_options.cacertfile = {authority.ca}",
        f"ssl_options.certfile = {certificate}",
        f"ssl_options.keyfile = {key}",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
    )


@cache
def node() -> Node:
    """One for all tests of this program; a test may kill it and start it again."""
    made = Node(definitions("classic"), _certified, tls=True)
    made.start()
    return made


class RabbitTls(Broker):
    """Nobody comes in without a certificate of the plant's authority."""

    name = "rabbitmq-tls"
    scheme: ClassVar[str] = "amqps"

    def node(self) -> Node:
        """One of its own: a test kills it."""
        return node()

    def onward(self, node: Node) -> int:
        """The port that speaks TLS."""
        return node.tls_port

    def settings(self) -> dict[str, Any]:
        """With both certificates."""
        if not self._port:
            return super().settings()
        folder = self.node().folder
        certificates = {
            "ca": str(folder / "authority.pem"),
            "certificate": str(folder / "andon.pem"),
            "key": str(folder / "andon.key"),
        }
        return {**super().settings(), "tls": certificates}


COUNTERPARTS = (RabbitTls,)
