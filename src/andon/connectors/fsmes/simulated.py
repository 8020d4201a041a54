"""What the simulated MES writes, field by field as the real one does."""

__all__ = ["PARTS", "STEPS", "Made", "Step", "completion", "confirmation"]

from datetime import datetime
from typing import Any

import msgspec


class Step(msgspec.Struct, frozen=True):
    """One operation of every routing here, and how long its machine takes for a piece."""

    seq: int
    name: str
    machine: str
    seconds: float


STEPS = (Step(10, "Mix", "MIX01", 4.0), Step(20, "Pack", "PACK01", 3.0))

PARTS = {
    "FG-COLA": {"RAW-FLAVOR": 0.1, "RAW-SUGAR": 0.5},
    "FG-WATER": {"RAW-FLAVOR": 0.01},
}
"""What goes into one piece of what it can make; every other material it does not know."""


class Made(msgspec.Struct):
    """What one step, or a whole order, has made so far."""

    good: float = 0.0
    scrap: float = 0.0
    lots: dict[str, str] = {}
    """Lot by material, for what goes in."""
    started_at: datetime | None = None
    completed_at: datetime | None = None


def confirmation(order: dict[str, Any], step: Step, made: Made, came_in: float) -> dict[str, Any]:
    """The end of one step. What came in is what the step before has confirmed by then: a packer
    that is done first reports an input of nothing."""
    return {
        "kind": "operation_confirmation",
        "message_key": f"{order['code']}:op{step.seq}",
        **_head(order),
        "seq": step.seq,
        "operation": step.name,
        "equipment": step.machine,
        "work_center": "LINE1",
        "cost_center": None,
        "input_qty": came_in,
        "good_qty": made.good,
        "scrap_qty": made.scrap,
        "wip_qty": came_in - made.good - made.scrap,
        "setup_seconds": None,
        "machine_seconds": _seconds(made),
        "labour_seconds": None,
        **_times(made),
        "components": _consumed(order, step, made) if step is STEPS[0] else [],
    }


def completion(order: dict[str, Any], made: Made) -> dict[str, Any]:
    """The end of an order: good of the last step, scrap of all, a lot unless nothing is good."""
    ordered = float(order["quantity"])
    return {
        "kind": "order_completion",
        "message_key": f"{order['code']}:completion",
        **_head(order),
        "ordered_qty": ordered,
        "good_qty": made.good,
        "scrap_qty": made.scrap,
        "over_qty": max(0.0, made.good - ordered),
        "lot": f"{order['code']}-FG" if made.good > 0 else None,
        **_times(made),
    }


def _head(order: dict[str, Any]) -> dict[str, Any]:
    return {
        "order": order["code"],
        "erp_reference": order["erp_reference"],
        "material": order["material"],
    }


def _times(made: Made) -> dict[str, str | None]:
    # In UTC and without saying so, as the real one writes them.
    ends = {"started_at": made.started_at, "completed_at": made.completed_at}
    return {name: at and at.replace(tzinfo=None).isoformat() for name, at in ends.items()}


def _seconds(made: Made) -> float | None:
    if made.started_at is None or made.completed_at is None:
        return None
    return (made.completed_at - made.started_at).total_seconds()


def _consumed(order: dict[str, Any], step: Step, made: Made) -> list[dict[str, Any]]:
    return [
        {
            "lot": made.lots.get(part, f"LOT-{part.removeprefix('RAW-')}-001"),
            "material": part,
            "quantity": share * float(order["quantity"]),
            "equipment": step.machine,
        }
        for part, share in PARTS[order["material"]].items()
    ]
