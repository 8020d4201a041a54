"""Who speaks: nodes and their devices, and the topics they speak on."""

__all__ = ["NAMESPACE", "Address", "Spoken", "address_of", "command_topic", "spoken"]

from functools import lru_cache
from typing import Literal, NamedTuple, cast

from andon.core.errors import RejectedError

NAMESPACE = "spBv1.0"

_Said = Literal["NBIRTH", "NDEATH", "NDATA", "DBIRTH", "DDEATH", "DDATA"]
_OF_NODES = {"NBIRTH", "NDEATH", "NDATA"}
_OF_DEVICES = {"DBIRTH", "DDEATH", "DDATA"}


class Address(NamedTuple):
    """A node, or one of its devices."""

    group: str
    node: str
    device: str | None = None

    @property
    def of_node(self) -> "Address":
        """The node it belongs to."""
        return Address(self.group, self.node)

    def __str__(self) -> str:
        of_node = f"{self.group}/{self.node}"
        return of_node if self.device is None else f"{of_node}/{self.device}"


class Spoken(NamedTuple):
    """What a topic says: which message, whose."""

    said: _Said
    address: Address


@lru_cache(4_096)
def spoken(topic: str) -> Spoken | None:
    """None for what no node or device says: STATE, commands, other namespaces."""
    match topic.split("/"):
        case [namespace, group, said, node] if namespace == NAMESPACE and said in _OF_NODES:
            address = Address(group, node)
        case [namespace, group, said, node, device] if (
            namespace == NAMESPACE and said in _OF_DEVICES
        ):
            address = Address(group, node, device)
        case _:
            return None
    return Spoken(cast("_Said", said), address) if all(address[:2]) else None


def address_of(text: str) -> Address:
    """`group/node` or `group/node/device`. Raises RejectedError for anything else."""
    parts = text.split("/")
    if len(parts) not in (2, 3) or not all(parts) or set(text) & set("+#\0"):
        raise RejectedError(
            f"{text!r} names no node and no device. Write group/node or group/node/device.",
            "address-invalid",
        )
    return Address(*parts)


def command_topic(address: Address) -> str:
    """The topic on which a node or device takes commands."""
    letter = "N" if address.device is None else "D"
    tail = "" if address.device is None else f"/{address.device}"
    return f"{NAMESPACE}/{address.group}/{letter}CMD/{address.node}{tail}"
