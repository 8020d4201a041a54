"""What the MES confirmed, from its own outbox: the truth that everything is compared with."""

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

__all__ = ["Component", "Confirmation", "Content", "confirmations"]


class Component(msgspec.Struct, frozen=True):
    """An amount of a lot that went into a step."""

    lot: str
    material: str
    quantity: float


class Content(msgspec.Struct, frozen=True):
    """The part of a message that somebody books."""

    order: str
    material: str
    good_qty: float
    scrap_qty: float
    operation: str | None = None
    machine_seconds: float | None = None
    components: tuple[Component, ...] = ()
    lot: str | None = None


class Confirmation(msgspec.Struct, frozen=True):
    """One message of the outbox."""

    key: str
    kind: Literal["operation_confirmation", "order_completion"]
    status: Literal["pending", "sent", "dead"]
    attempts: int
    """Failed deliveries before the one that was answered."""
    made_at: datetime
    content: Content


def confirmations(database: Path) -> list[Confirmation]:
    """Every confirmation, in the order in which the MES made them."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as mes:
        rows = mes.execute(
            "select message_key, kind, status, attempts, created_at, payload from erp_messages"
            " where direction = 'out' and kind in ('operation_confirmation', 'order_completion')"
            " order by id"
        ).fetchall()
    return [
        Confirmation(
            key, kind, status, attempts,
            datetime.fromisoformat(made_at).replace(tzinfo=UTC),
            msgspec.json.decode(payload, type=Content),
        )
        for key, kind, status, attempts, made_at, payload in rows
    ]  # fmt: skip
