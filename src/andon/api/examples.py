"""What the description shows of reads: figures with their source and age."""

__all__ = ["READS"]

from collections.abc import Mapping
from typing import Any

_AT = "2026-03-02T12:00:00Z"
_LOT = "L-2026-0001"
_PUMPS: dict[str, Any] = {
    "item": "PUMP",
    "totals": [
        {
            "source": source, "unit": "PC", "amount": amount, "free": "0", "held": amount,
            "oldest_age_s": age,
        }
        for source, amount, age in (("erp", "12", 9.5), ("wms", "11", 2.5))
    ],
    "lots": [
        {
            "name": f"material-lot/company:{_LOT}",
            "local": _LOT,
            "site": "plant-a",
            "stock": [
                {
                    "source": source, "location": "warehouse", "use": "unrestricted",
                    "amount": amount, "unit": "PC", "said_at": _AT, "age_s": age,
                }
                for source, amount, age in (("erp", "12", 9.5), ("wms", "11", 2.5))
            ],
            "holds": [{"source": "qms", "since": _AT, "said_at": _AT, "age_s": 4.0}],
        }
    ],
    "more": False,
    "generated_at": _AT,
}  # fmt: skip
"""Books and shelves do not agree on a lot that quality holds."""
_REVISION: dict[str, Any] = {
    "attribute": "revision", "value": "C", "source": "plm", "owner": "plm", "since": _AT,
    "said_at": _AT, "age_s": 86400.5, "others": ["mes"],
}  # fmt: skip
_ITEM: dict[str, Any] = {
    "name": "item/company:PUMP",
    "kind": "item",
    "local": "PUMP",
    "site": "plant-a",
    "values": [_REVISION],
    "generated_at": _AT,
    "related": [],
}
"""Design has released a revision that the floor does not have yet."""
_STANDING: dict[str, Any] = {
    "key": "key:planner:7d1c4e9a-1000001",
    "type": "andon.production.order.release.v1",
    "subject": "production-order/erp:1000001",
    "state": "unknown",
    "reference": None,
    "connection": "erp",
    "attempts": 1,
    "last_error": "erp did not answer within 10 s",
}
"""It was sent, and nobody knows yet what came of it."""

READS: Mapping[str, tuple[Mapping[str, str], Mapping[str, Any]]] = {
    "/v1/availability/{item}": ({"item": "PUMP", "site": "plant-a", "lot": _LOT}, _PUMPS),
    "/v1/{capability}/{kind}": (
        {"capability": "master", "kind": "item"},
        {"items": [_ITEM], "next_before": None},
    ),
    "/v1/{capability}/{kind}/{object_id}": (
        {"capability": "master", "kind": "item", "object_id": "PUMP"},
        _ITEM,
    ),
    "/v1/commands/{key}": ({"key": "key:planner:7d1c4e9a-1000001"}, _STANDING),
}
"""By path: parameters, and the answer."""
