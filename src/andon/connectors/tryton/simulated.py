"""Records and rules of a small Tryton: as much as a production order's posting touches."""

__all__ = ["Company", "Record", "RefusedCallError"]

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

Record = dict[str, Any]
"""One record. Relations hold the other record itself, or a list of them."""


class RefusedCallError(Exception):
    """A rule says no, in Tryton's words; `status` as the real server answers."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


class Company:
    """All records by model, with one product that is inspected and one that is not."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[int, Record]] = {}
        self._by_change: dict[str, list[Record]] = {}
        self._last = datetime.now(UTC)
        self.writer = self.add("res.user", login="planner")
        self.andon = self.add("res.user", login="andon")
        units = {s: self.add("product.uom", symbol=s) for s in ("u", "kg", "l")}
        self._products = {
            code: self.add("product.product", code=code, unit=units[unit], lot_required=lots)
            for code, unit, lots in (
                ("FG-COLA", "u", True),
                ("FG-WATER", "u", True),
                ("RAW-SUGAR", "kg", True),
                ("RAW-FLAVOR", "l", False),
            )
        }
        for product in ("SUGAR", "FLAVOR"):
            for n in (1, 2):
                self.add_lot(f"LOT-{product}-{n:03}", f"RAW-{product}")
        self.add(
            "quality.control",
            product=self._products["FG-COLA"],
            operations=["production:do"],
            points={"visual_ok": None, "brix": (9.5, 11.5)},
        )

    def add(self, model: str, **values: Any) -> Record:
        """A new record, written by whoever writes now."""
        table = self.tables.setdefault(model, {})
        record: Record = {"__name__": model, "id": len(table) + 1, **values}
        table[record["id"]] = record
        self.touch(record)
        return record

    def touch(self, record: Record) -> None:
        """A new version; no two share an instant."""
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        record["last_modified_at"] = self._last
        record["_timestamp"] = f"{self._last.timestamp():.6f}"
        record["write_uid"] = getattr(self, "writer", None)
        self._by_change.pop(record["__name__"], None)

    def changed(self, model: str, since: datetime) -> Iterator[Record]:
        """Records of a model from a moment on, oldest change first; sorted once until the next
        change, for a page of many would else cost a look at all."""
        rows = self._by_change.get(model)
        if rows is None:
            rows = self._by_change[model] = sorted(self.rows(model), key=_changed)
        return islice(rows, bisect_left(rows, since, key=lambda row: _changed(row)[0]), None)

    def rows(self, model: str) -> list[Record]:
        """Every record of a model."""
        return list(self.tables.get(model, {}).values())

    def add_lot(self, number: str, product: str) -> Record:
        """A lot; its number is not checked to be unique, as in the real one."""
        return self.add("stock.lot", number=number, product=self._products[product])

    def release(self, product: str, quantity: float, *, days: int = 7) -> str:
        """A planner's order, released: it waits, with movements and works laid out."""
        parts = {"FG-COLA": {"RAW-SUGAR": 0.5, "RAW-FLAVOR": 0.1}, "FG-WATER": {"RAW-FLAVOR": 0.01}}
        made = self._products[product]
        order = self.add(
            "production",
            number=f"MO{1001 + len(self.tables.get('production', ()))}",
            state="waiting",
            quantity=float(quantity),
            product=made,
            unit=made["unit"],
            company=1,
            planned_date=(datetime.now(UTC) + timedelta(days=days)).date(),
            quality_inspections=[],
        )
        order["inputs"] = [
            self.move(self._products[code], round(share * quantity, 6), 3, 9)
            for code, share in parts[product].items()
        ]
        order["outputs"] = [self.move(made, float(quantity), 9, 3)]
        order["works"] = [
            self.add("production.work", operation={"name": name}, state="request", cycles=[])
            for name in ("Mix", "Pack")
        ]
        return order["number"]

    def move(self, product: Record, quantity: float, start: int, end: int) -> Record:
        """A planned movement."""
        return self.add(
            "stock.move",
            product=product,
            unit=product["unit"],
            quantity=quantity,
            from_location=start,
            to_location=end,
            lot=None,
            state="draft",
        )

    def order(self, number: str) -> Record:
        """An order by its number."""
        return next(o for o in self.rows("production") if o["number"] == number)

    def press(self, record: Record, button: str) -> None:
        """A button of a record, refused where the real one refuses it."""
        model = record["__name__"]
        allowed = _BUTTONS.get((model, button), {})
        if record["state"] not in allowed:
            name = record.get("number") or record["id"]
            raise RefusedCallError(f'You can not call "{button}" on "{name}" of "{model}".')
        match model, button:
            case "production", "run":
                _needs_lots(record["inputs"])
                _set(record["inputs"], "done")
                _set(record["works"], "draft")
            case "production", "assign_try":
                _set(record["inputs"], "assigned")
            case "production", "do":
                self._may_be_done(record)
                _set([*record["outputs"], *record["works"]], "done")
            case "production.work", "start":
                record["cycles"].append(
                    self.add("production.work.cycle", state="running", duration=None)
                )
            case "production.work", "stop":
                _set(record["cycles"], "done")
            case "quality.inspection", "process":
                self._judge(record)
                return
            case _:
                pass
        record["state"] = allowed[record["state"]] or record["state"]
        self.touch(record)

    def _may_be_done(self, order: Record) -> None:
        if any(work["state"] != "finished" for work in order["works"]):
            raise RefusedCallError("", 403)
        controlled = any(
            control["product"] is order["product"] for control in self.rows("quality.control")
        )
        states = {inspection["state"] for inspection in order["quality_inspections"]}
        if "pending" in states or (controlled and not states):
            raise RefusedCallError("")
        if any(alert["state"] == "open" for alert in self.rows("quality.alert")):
            raise RefusedCallError("To continue, alerts from failed inspections must be resolved.")
        _needs_lots(order["outputs"])

    def _judge(self, inspection: Record) -> None:
        points = inspection["control"]["points"]
        held: dict[str, Any] = inspection["points"] or {}
        if missing := points.keys() - held.keys():
            raise RefusedCallError(
                f'To complete the inspection "{inspection["number"]}", you must test'
                f' points "{", ".join(sorted(missing))}".'
            )
        passed = all(
            held[name] if span is None else span[0] <= held[name] <= span[1]
            for name, span in points.items()
        )
        inspection["state"] = "passed" if passed else "failed"
        inspection["processed_at"] = self._last
        if not passed:
            number = str(len(self.rows("quality.alert")) + 1)
            alert = self.add("quality.alert", number=number, state="open")
            inspection["alerts"] = [alert]
        self.touch(inspection)


def _needs_lots(moves: Iterable[Record]) -> None:
    for move in moves:
        if move["product"]["lot_required"] and move["lot"] is None:
            code = move["product"]["code"]
            raise RefusedCallError(f'To move product "[{code}]" you must provide a stock lot.')


def _set(records: Iterable[Record], state: str) -> None:
    for record in records:
        record["state"] = state


_BUTTONS: dict[tuple[str, str], dict[str, str | None]] = {
    ("production", "assign_try"): {
        "waiting": "assigned", "assigned": None, "running": None, "done": None,
    },
    ("production", "run"): {"assigned": "running"},
    ("production", "do"): {"running": "done"},
    ("production", "cancel"): {"waiting": "cancelled", "assigned": "cancelled"},
    ("production.work", "start"): {"draft": "running", "finished": "running"},
    ("production.work", "stop"): {"running": "finished"},
    ("quality.inspection", "process"): {"pending": None},
    ("quality.alert", "defer"): {"open": "deferred"},
}  # fmt: skip
"""Button -> state it may be pressed in -> state after it; None: as it was."""


def _changed(record: Record) -> tuple[datetime, int]:
    return record["last_modified_at"], record["id"]
