"""Pieces for projects: what was lost before we read it, and what happened, written to a topic."""

__all__ = ["Publication", "lost_records"]

from collections.abc import Iterable

import msgspec

from andon.connectors._publication import Publication
from andon.connectors.kafka.items import GAP
from andon.core.connector import Item
from andon.core.mapping import Known, Said, inbound
from andon.core.message import Finding


class _Gap(msgspec.Struct, frozen=True):
    topic: str
    partition: int
    first: int
    last: int
    why: str


@inbound(GAP)
def lost_records(item: Item, _: Known) -> Iterable[Said]:
    """Records that were gone before we read them, as a finding for the owner of the topic."""
    gap = item.read(_Gap)
    yield Finding(
        "records-lost",
        f"{gap.topic}/{gap.partition}: offsets {gap.first} to {gap.last} are gone, {gap.why}. What"
        " they said is not in the log; reading went on behind them. Ask their writer for what"
        " happened then, and give the topic a longer retention.",
    )
