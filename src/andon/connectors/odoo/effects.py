"""What is asked of Odoo: a new record, new values, or a button; and what proves each."""

__all__ = ["Ask", "Effects"]

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from andon.connectors.odoo.calls import Calls, Row
from andon.connectors.odoo.settings import OdooSettings
from andon.core.connector import Receipt, Request
from andon.core.errors import RejectedError


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a request."""

    values: Row = {}
    """Of a new record, or what is to be written."""
    codes: Mapping[str, str] = {}
    """Fields that point to a product, by its internal reference."""
    where: list[Any] = []
    """Domain of the one record it is about."""
    named: Row = {}
    """Further parameters of a button."""
    context: Row = {}
    """What a button should know: `{"skip_backorder": true}`."""
    becomes: Row = {}
    """What the record holds afterwards; a list names several that will do."""


class Effects:
    """`model/create` is proven by our key in its stamp, all else by what the record holds."""

    def __init__(self, calls: Calls, settings: OdooSettings) -> None:
        self._calls = calls
        self._stamps = settings.stamps

    async def send(self, request: Request, key: str) -> Receipt:
        """Adopts what is already so, else makes the one call and reads what it did."""
        found = await self.find(request, key)
        if found is not None:
            return found
        model, method, ask = _read(request)
        if method == "create":
            pointers = {name: await self._product(code) for name, code in ask.codes.items()}
            values = {**ask.values, **pointers, self._stamp(model): _mark(key)}
            made = await self._calls.act(model, "create", vals_list=[values], context=ask.context)
            # What goes wrong from here on is found out by the next send, which looks first.
            found = await self.find(request, key)
            return found or Receipt(reference=f"{model},{made}")
        record = await self._one(model, ask, request)
        named: Row = {"vals": ask.values} if method == "write" else ask.named
        said = await self._calls.act(
            model, method, ids=[record["id"]], context=ask.context, **named
        )
        found = await self.find(request, key)
        if found is None:
            raise RejectedError(_undone(request, said), "not-done")
        return found

    async def find(self, request: Request, key: str) -> Receipt | None:
        """What this request did, by our key or by what the record holds now."""
        model, method, ask = _read(request)
        if method == "create":
            domain = [[self._stamp(model), "=", _mark(key)]]
            rows = await self._calls.search_read(
                model, domain=domain, fields=["display_name"], limit=2
            )
            return _receipt(rows[0]) if rows else None
        holds = ask.becomes or (ask.values if method == "write" else {})
        if not holds:
            raise RejectedError(
                f"{request.target} says nothing of what it `becomes`, so nobody could tell whether"
                " it was done. Say it in the mapping.",
                "no-proof",
            )
        record = await self._one(model, ask, request, *holds)
        return _receipt(record) if _so(record, holds) else None

    async def _product(self, code: str) -> int:
        rows = await self._calls.search_read(
            "product.product", domain=[["default_code", "=", code]], fields=["id"], limit=2
        )
        if len(rows) != 1:
            count = "more than one product" if rows else "no product"
            raise RejectedError(f"Odoo has {count} with the reference {code}", "not-one")
        return rows[0]["id"]

    async def _one(self, model: str, ask: Ask, request: Request, *fields: str) -> Row:
        rows = await self._calls.search_read(
            model, domain=ask.where, fields=["display_name", *fields], limit=2
        )
        if len(rows) != 1 or not ask.where:
            count = "no" if not rows else "more than one"
            raise RejectedError(
                f"{request.target}: Odoo has {count} {model} where {ask.where}", "not-one"
            )
        return rows[0]

    def _stamp(self, model: str) -> str:
        return self._stamps.get(model, "origin")


def _read(request: Request) -> tuple[str, str, Ask]:
    model, _, method = request.target.partition("/")
    if not model or not method or "/" in method:
        raise RejectedError(
            f"{request.target!r} is no model and method such as mrp.production/button_mark_done",
            "no-method",
        )
    if method.startswith("_") or method in ("unlink", "search_read", "read"):
        raise RejectedError(f"{request.target} is not sent as a command", "no-method")
    try:
        return model, method, msgspec.convert(request.body or {}, Ask)
    except msgspec.ValidationError as error:
        raise RejectedError(f"{request.target}: {error}", "body") from error


def _receipt(row: Row) -> Receipt:
    return Receipt(reference=str(row.get("display_name") or row["id"]), body={"id": row["id"]})


def _so(record: Row, holds: Row) -> bool:
    return all(_fits(record.get(name), wanted) for name, wanted in holds.items())


def _fits(held: Any, wanted: Any) -> bool:
    """A pointer is shown as id and name; numbers are equal where they differ by less than dust."""
    pair = cast("list[Any]", held) if isinstance(held, list) else []
    value: Any = pair[0] if len(pair) == 2 else cast("Any", held)
    if isinstance(wanted, list):
        return value in cast("list[Any]", wanted)
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return abs(value - wanted) < 1e-9 * max(1.0, abs(wanted))
    return value == wanted


def _undone(request: Request, said: Any) -> str:
    """A button may open a window with a question instead of doing it."""
    if isinstance(said, dict) and "res_model" in said:
        window = cast("Row", said)["res_model"]
        return (
            f"{request.target}: Odoo asks back in a window ({window}), and did nothing. Answer it"
            " there, or name in the mapping's `context` what skips it."
        )
    return f"{request.target}: Odoo took it, and yet it is not so. Look at the record."


def _mark(key: str) -> str:
    return f"andon:{key}"
