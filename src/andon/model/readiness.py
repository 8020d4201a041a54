"""Readiness: whether all that a customer ordered lies in the warehouse, free to ship."""

__all__ = ["GoodsChecked", "Readiness", "ReserveGoods", "TellReadiness"]

from collections.abc import Iterable, Sequence
from typing import ClassVar, Literal

from andon.core.message import Claims, Link
from andon.model.sales import SalesLine, SalesLines, SalesOrderCommand, SalesOrderEvent
from andon.model.terms import Instant, LotId, Name

Readiness = Literal["ready", "waits"]
"""All of it that has not left may leave now, or some of it may not."""


class ReserveGoods(SalesOrderCommand, frozen=True, kw_only=True):
    """Promise this of the stock to the order. What is not there yet is promised when it comes, to
    who asked first."""

    TYPE: ClassVar[str] = "andon.fulfilment.goods.reserve.v1"

    lines: SalesLines

    def claims(self) -> Claims:
        """What is promised to it, by item."""
        return {"reserved": _amounts(self.lines)}


class GoodsChecked(SalesOrderEvent, frozen=True, kw_only=True):
    """Whoever keeps the stock says what is missing for the order now, and which lots the rest of it
    would leave from; said again whenever that changes, until all has left."""

    TYPE: ClassVar[str] = "andon.fulfilment.goods.checked.v1"

    missing: tuple[SalesLine, ...] = ()
    lots: tuple[LotId, ...] = ()
    checked_at: Instant | None = None

    def claims(self) -> Claims:
        """What is missing, by item, and the lots; nothing where there is none."""
        lots = ", ".join(sorted(lot.rpartition(":")[2] for lot in self.lots))
        return {"missing": _amounts(self.missing) or None, "lots": lots or None}

    def links(self) -> Iterable[Link]:
        """The lots it is promised from."""
        return tuple(Link("promised-from", "material-lot", lot) for lot in self.lots)


class TellReadiness(SalesOrderCommand, frozen=True, kw_only=True):
    """Note whether all of the order may leave now, for those who speak with its customer."""

    TYPE: ClassVar[str] = "andon.fulfilment.readiness.tell.v1"

    customer_id: Name
    readiness: Readiness
    changed_at: Instant

    def claims(self) -> Claims:
        """Whether it may."""
        return {"readiness": self.readiness}


def _amounts(lines: Sequence[SalesLine]) -> str:
    return ", ".join(sorted(f"{line.material_id} {line.quantity}" for line in lines))
