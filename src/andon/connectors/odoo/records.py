"""A small Odoo in memory: models, domains, one transaction per call, refusals in its words."""

__all__ = ["OdooError", "Records", "holds"]

import itertools
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

Row = dict[str, Any]

_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "in": lambda value, many: value in many,
    "not in": lambda value, many: value not in many,
}


class OdooError(Exception):
    """What Odoo answers instead of a result."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.name = name


class Records:
    """Written times have microseconds and are shown in whole seconds, as Odoo's are."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._last = 0
        self._at = datetime(2026, 11, 25, 6, 0, 0, 250_000, tzinfo=UTC)
        self.tables: dict[str, dict[int, Row]] = {
            "res.users": {},
            "product.product": {},
            "mrp.production": {},
            "stock.move": {},
            "stock.lot": {},
        }
        self.made("res.users", name="andon", login="andon")
        self.pump = self.made("product.product", name="Pump", default_code="PUMP")

    def made(self, model: str, **values: Any) -> int:
        """A new record, written now."""
        self._last = number = next(self._ids)
        self.tables[model][number] = {"id": number, "active": True, **values}
        self.touched(model, number)
        return number

    def touched(self, model: str, number: int) -> None:
        """Written now, by nobody in particular."""
        self.tables[model][number] |= {"write_date": self._at, "write_uid": [2, "Planner"]}

    def later(self, **much: float) -> None:
        """Its clock goes on."""
        self._at += timedelta(**much)

    def search_read(self, model: str, asked: Row) -> list[Row]:
        """Records as they are shown."""
        rows = self._found(model, asked)
        order = asked.get("order") or "id"
        if order != "id":
            rows = list(rows)
            for part in reversed(order.split(",")):
                name, _, way = part.strip().partition(" ")
                rows.sort(
                    key=lambda row, name=name: cast("Any", row.get(name)), reverse=way == "desc"
                )
        first = asked.get("offset") or 0
        last = first + asked["limit"] if asked.get("limit") else None
        page = itertools.islice(rows, first, last)
        return [self._shown(model, row, asked.get("fields")) for row in page]

    def _found(self, model: str, asked: Row) -> Iterator[Row]:
        """By their ids, no further than they are asked for: of a page behind an id nothing before
        it is looked at."""
        domain = asked.get("domain", [])
        fits, table = _compiled(domain), self._table(model)
        active = _context(asked).get("active_test", True)
        for number in range(_behind(domain) + 1, self._last + 1):
            row = table.get(number)
            if row is not None and (row["active"] or not active) and fits(row):
                yield row

    def create(self, model: str, asked: Row) -> list[int]:
        """All of them, or none."""
        for values in asked["vals_list"]:
            self._judge(model, values)
        return [self.made(model, **values) for values in asked["vals_list"]]

    def write(self, model: str, asked: Row) -> bool:
        """The same values into each."""
        for row in self._those(model, asked):
            row |= asked["vals"]
            self.touched(model, row["id"])
        return True

    def button_mark_done(self, model: str, asked: Row) -> Any:
        """Asks back where less is produced than planned, unless it is told not to."""
        for row in self._those(model, asked):
            if row["state"] in ("draft", "cancel"):
                words = "You cannot produce a MO with no raw material or that is not confirmed."
                raise OdooError(422, "odoo.exceptions.UserError", words)
            less = row.get("qty_producing", 0) < row["product_qty"]
            if less and not _context(asked).get("skip_backorder"):
                return {"type": "ir.actions.act_window", "res_model": "mrp.production.backorder"}
            row["state"] = "done"
            self.touched(model, row["id"])
        return True

    def action_cancel(self, model: str, asked: Row) -> bool:
        """What is done stays done."""
        for row in self._those(model, asked):
            if row["state"] == "done":
                words = "You cannot cancel a manufacturing order that is already done."
                raise OdooError(422, "odoo.exceptions.UserError", words)
            row["state"] = "cancel"
            self.touched(model, row["id"])
        return True

    def _judge(self, model: str, values: Row) -> None:
        if model != "stock.lot":
            return
        if values.get("product_id") not in self.tables["product.product"]:
            words = "Missing required value for the field 'Product' (product_id)."
            raise OdooError(422, "odoo.exceptions.ValidationError", words)
        same = [["name", "=", values["name"]], ["product_id", "=", values["product_id"]]]
        if any(holds(row, same) for row in self.tables[model].values()):
            words = "The combination of lot/serial number and product must be unique in a company."
            raise OdooError(422, "odoo.exceptions.ValidationError", words)

    def _table(self, model: str) -> dict[int, Row]:
        if model not in self.tables:
            words = f"the model {model!r} does not exist"
            raise OdooError(404, "werkzeug.exceptions.NotFound", words)
        return self.tables[model]

    def _those(self, model: str, asked: Row) -> list[Row]:
        table = self._table(model)
        if missing := [number for number in asked.get("ids", []) if number not in table]:
            words = f"Record does not exist or has been deleted. (Record: {model}({missing[0]},))"
            raise OdooError(404, "odoo.exceptions.MissingError", words)
        return [table[number] for number in asked.get("ids", [])]

    def _shown(self, model: str, row: Row, fields: Sequence[str] | None) -> Row:
        names = ["id", *(fields or row)]
        shown = {name: row.get(name, False) for name in names}
        for name, value in shown.items():
            if isinstance(value, datetime):
                shown[name] = value.strftime("%Y-%m-%d %H:%M:%S")
            elif name == "product_id" and isinstance(value, int) and value:
                shown[name] = [value, f"[{self.tables['product.product'][value]['default_code']}]"]
        if "display_name" in shown:
            shown["display_name"] = row.get("name", f"{model},{row['id']}")
        return shown


def _context(asked: Row) -> Row:
    return cast("Row", asked.get("context") or {})


def _behind(domain: Sequence[Any]) -> int:
    """The id behind which all of a domain without alternatives stand."""
    if any(isinstance(part, str) for part in domain):
        return 0
    said = [part[2] for part in domain if part[:2] == ["id", ">"]]
    return max([0, *(number for number in said if isinstance(number, int))])


def holds(row: Row, domain: Sequence[Any]) -> bool:
    """Whether a record is in a domain: prefix form, and `&` between what stands side by side."""
    return _compiled(domain)(row)


def _compiled(domain: Sequence[Any]) -> Callable[[Row], bool]:
    """Moments are read once, not for every record."""
    parts = [part if isinstance(part, str) else _leaf(*part) for part in reversed(domain)]

    def fits(row: Row) -> bool:
        stack: list[bool] = []
        for part in parts:
            if part == "!":
                stack.append(not stack.pop())
            elif isinstance(part, str):
                one, other = stack.pop(), stack.pop()
                stack.append((one and other) if part == "&" else (one or other))
            else:
                stack.append(part(row))
        return all(stack)

    return fits


def _leaf(name: str, sign: str, wanted: Any) -> Callable[[Row], bool]:
    compare = _COMPARE[sign]
    if name == "write_date":
        moment = datetime.strptime(wanted, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
        return lambda row: (
            bool(row[name]) and compare(row[name], moment)
        )  # nothing compares to NULL
    return lambda row: compare(row.get(name, False), wanted)
