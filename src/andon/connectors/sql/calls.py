"""One call: look, act, commit. Until the commit leaves it can be taken back, then no more."""

__all__ = ["Call", "Calls"]

import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from andon.connectors.sql.database import Database, Held
from andon.connectors.sql.dialects import bindable
from andon.connectors.sql.faults import names_in, text_of
from andon.connectors.sql.said import Verdict
from andon.connectors.sql.settings import SqlSettings, Write
from andon.connectors.sql.values import bound, fields_of, raw_of
from andon.core.connector import Receipt, Request
from andon.core.errors import (
    DefectError,
    Fault,
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)


class Call(Held):
    """A call under way. Whoever gives it up before its commit leaves, prevents it."""

    def __init__(self) -> None:
        super().__init__()
        self._turn = threading.Lock()
        self._given_up = False
        self._leaving = False

    def stop(self) -> None:
        """Prevents the commit; one that has left goes on, or nobody could say what became of it."""
        with self._turn:
            self._given_up = True
            leaving = self._leaving
        if not leaving:
            super().stop()

    def leaves(self) -> bool:
        """Whether the commit may leave; from now on it cannot be prevented."""
        with self._turn:
            self._leaving = not self._given_up
            return self._leaving


class Calls:
    """Statements by target. Values are bound by name, never written into a statement."""

    def __init__(self, name: str, settings: SqlSettings, database: Database) -> None:
        self._name = name
        self._writes = settings.writes
        self._zone = ZoneInfo(settings.time_zone)
        self._database = database

    async def send(self, request: Request, key: str) -> Receipt:
        """What is already so is adopted; else the call is made in one transaction."""
        write = self._write(request.target)
        steps = self._steps(write, request.body, key)
        looks = self._looks(write, request.body, key)
        call = Call()

        def calls(connection: sa.Connection) -> Receipt:
            return self._act(connection, call, write, steps, looks)

        return await self._database.call(calls, call)

    async def find(self, request: Request, key: str) -> Receipt | None:
        """What `find` returns for this request."""
        write = self._write(request.target)
        looks = self._looks(write, request.body, key)
        if looks is None:
            raise SettingsError(
                f"{self._name}: writes.{request.target} has no `find`, so an outcome cannot be"
                " found out. Write a SELECT that returns a row when the call was done."
            )

        def finds(connection: sa.Connection) -> Receipt | None:
            try:
                return self._found(connection, write, looks)
            except DBAPIError as error:
                found = self._database.verdict(error, connection)
                raise found.error(f"{self._name} cannot look for {request.target!r}") from error

        return await self._database.call(finds)

    def _act(
        self,
        connection: sa.Connection,
        call: Call,
        write: Write,
        steps: "Sequence[_Step]",
        looks: "_Step | None",
    ) -> Receipt:
        try:
            found = None if looks is None else self._found(connection, write, looks)
            if found is not None:
                connection.rollback()
                return found
            receipt = self._run(connection, write, steps)
            receipt = self._proven(connection, write, looks) or receipt
        except DBAPIError as error:
            return self._failed(connection, write, looks, error)
        if not call.leaves():
            connection.rollback()
            raise UnavailableError(f"{self._name}: the call was given up and undone.", reached=True)
        try:
            connection.commit()
        except DBAPIError as error:
            raise self._uncommitted(self._database.verdict(error, connection)) from error
        return receipt

    def _run(self, connection: sa.Connection, write: Write, steps: "Sequence[_Step]") -> Receipt:
        receipt = Receipt()
        for n, step in enumerate(steps):
            result = connection.execute(text_of(step.statement), step.values)
            if n == 0:
                changed = max(result.rowcount, 0)
                if result.returns_rows:
                    receipt = self._receipt(write, result) or receipt
                if changed < write.rows:
                    connection.rollback()
                    raise RejectedError(
                        f"The statement changed {changed} rows, at least {write.rows} are"
                        " needed. It was undone.",
                        "no-effect",
                    )
            result.close()
        return receipt

    def _proven(
        self, connection: sa.Connection, write: Write, looks: "_Step | None"
    ) -> Receipt | None:
        """What a later look will find; a call after which there is nothing to find is undone."""
        if looks is None:
            return None
        found = self._found(connection, write, looks)
        if found is None:
            connection.rollback()
            raise RejectedError(
                "The statement was taken, and yet `find` shows nothing of it. It was undone.",
                "no-effect",
            )
        return found

    def _failed(
        self,
        connection: sa.Connection,
        write: Write,
        looks: "_Step | None",
        error: DBAPIError,
    ) -> Receipt:
        found = self._database.verdict(error, connection)
        if found.kind == "lost" and write.commits_itself:
            raise OutcomeUnknownError(
                f"{self._name}: the connection was lost in a statement that commits by itself:"
                f" {found.text}. Looking for what it did."
            ) from error
        if found.kind == "refused" and looks is not None:
            # Perhaps somebody was quicker with the same key: then it is so now.
            connection.rollback()
            try:
                receipt = self._found(connection, write, looks)
            except DBAPIError:
                receipt = None
            if receipt is not None:
                return receipt
        raise found.error(f"{self._name} cannot do it") from error

    def _uncommitted(self, found: Verdict) -> Exception:
        """At a commit only the server's clear words prove that nothing was kept."""
        clear = found.code is not None and not found.code.startswith(("40003", "5", "X", "08"))
        if found.kind in ("transient", "refused") and clear and found.code != "1180":
            return found.error(f"{self._name} cannot commit")
        return OutcomeUnknownError(
            f"{self._name}: the answer to the commit was lost: {found.text}. It may or may not have"
            " happened; looking for it."
        )

    def _found(self, connection: sa.Connection, write: Write, looks: "_Step") -> Receipt | None:
        return self._receipt(write, connection.execute(text_of(looks.statement), looks.values))

    def _receipt(self, write: Write, result: sa.CursorResult[Any]) -> Receipt | None:
        names = list(result.keys())
        row = result.first()
        if row is None:
            return None
        raw = raw_of(names, tuple(row), [self._zone] * len(names))
        body: dict[str, Any] = msgspec.json.decode(raw)
        reference = body.get(write.reference or names[0])
        return Receipt(reference=None if reference is None else str(reference), body=body)

    def _write(self, target: str) -> Write:
        write = self._writes.get(target)
        if write is None:
            known = ", ".join(self._writes) or "nothing"
            raise DefectError(f"{self._name} has no write {target!r}. It can {known}.")
        return write

    def _looks(self, write: Write, body: Any, key: str) -> "_Step | None":
        if write.find is None:
            return None
        return _Step(write.find, self._bound(body, write.find, key))

    def _steps(self, write: Write, body: Any, key: str) -> "list[_Step]":
        steps = [_Step(write.statement, self._bound(body, write.statement, key))]
        for field, statement in write.lines.items():
            whole = fields_of(body)
            lines = whole.get(field)
            if not isinstance(lines, list | tuple):
                fault = Fault(f"/{field}", "must be a list: each element becomes a line")
                raise MappingError("The request does not fit its statement", [fault])
            rows = [
                self._bound({**whole, **fields_of(line)}, statement, key)
                for line in cast("Sequence[Any]", lines)
            ]
            if rows:
                steps.append(_Step(statement, rows))
        return steps

    def _bound(self, body: Any, statement: str, key: str) -> dict[str, Any]:
        values = bound(body, names_in(statement), key)
        backend = self._database.backend
        return {name: bindable(backend, value, self._zone) for name, value in values.items()}


class _Step(msgspec.Struct, frozen=True):
    statement: str
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
