"""One database in use: connections and threads of its own, so the event loop never waits for it."""

__all__ = ["Database", "Held", "too_large"]

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from andon.connectors.sql.dialects import (
    Backend,
    address,
    backend_of,
    begin_session,
    connect_args,
    stop,
)
from andon.connectors.sql.said import Verdict, verdict
from andon.connectors.sql.settings import SqlSettings
from andon.core.errors import SettingsError, UnavailableError

T = TypeVar("T")

# A statement ends by the server's clock before ours runs out: then its outcome is known.
_SHARE = 0.8


class Held:
    """The connection one thread is using. It can be stopped from another, never after its use."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._raw: Any = None
        self._stopped = False

    def take(self, raw: Any) -> None:
        """Names the connection in use, None when it is given back."""
        with self._lock:
            self._raw = raw

    def stop(self) -> None:
        """Ends what it is doing."""
        with self._lock:
            self._stopped = True
            if self._raw is not None:
                stop(self._raw)

    @property
    def stopped(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._stopped


class Database:
    """Reads see committed rows only, each query its own; a call is one transaction."""

    def __init__(self, name: str, settings: SqlSettings) -> None:
        url = make_url(settings.url)
        self._name = name
        self._where = url.render_as_string(hide_password=True)
        self.backend: Backend = backend_of(url)
        password = settings.password
        self._url = address(url, None if password is None else password.reveal())
        self._settings = settings
        self._busy: set[Held] = set()
        self._tasks: set[asyncio.Future[Any]] = set()
        self._closed = False
        self._threads = ThreadPoolExecutor(settings.concurrency + 2, f"andon-{name}")
        self._reader = self._engine(settings.look_within, writes=False)
        self._writer = self._engine(settings.timeout * _SHARE, writes=True)

    def _engine(self, within: timedelta, *, writes: bool) -> sa.Engine:
        settings = self._settings
        isolation = (settings.isolation if writes else "AUTOCOMMIT") or None
        engine = sa.create_engine(
            self._url,
            connect_args=connect_args(self._url, settings, within),
            hide_parameters=True,
            **({"isolation_level": isolation} if isolation else {}),
            **_pool(self.backend, settings.concurrency + 2),
        )

        def begins(raw: Any, _: Any) -> None:
            zone = settings.time_zone
            begin_session(self.backend, raw, zone=zone, within=within, writes=writes)

        event.listen(engine, "connect", begins)
        if writes and self.backend == "sqlite":
            # Python's driver begins late; two callers would both find nothing and both insert.
            event.listen(engine, "begin", _begin_immediate)
        return engine

    async def close(self) -> None:
        """Stops what runs; a thread that is still connecting closes what it gets."""
        self._closed = True
        tasks, held = set(self._tasks), set(self._busy)
        if held:
            stopping = asyncio.to_thread(lambda: [one.stop() for one in held])
            await asyncio.wait({asyncio.ensure_future(stopping)}, timeout=0.4)
        if tasks:
            await asyncio.wait(tasks, timeout=0.4)
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._reader.dispose()
        self._writer.dispose()

    async def read(self, work: Callable[[sa.Connection], T], *, what: str) -> T:
        """Runs `work` in a thread on a connection for reading."""

        def reads(connection: sa.Connection) -> T:
            try:
                return work(connection)
            except DBAPIError as error:
                found = self.verdict(error, connection)
                raise found.error(f"{self._name} cannot {what}") from error
            except OverflowError as error:
                raise too_large(f"{self._name} cannot {what}", error) from error

        return await self._run(self._reader, reads, Held())

    async def call(self, work: Callable[[sa.Connection], T], held: Held | None = None) -> T:
        """Runs `work` in a thread; it begins and ends its own transactions."""
        return await self._run(self._writer, work, held or Held())

    def verdict(self, error: DBAPIError, connection: sa.Connection | None = None) -> Verdict:
        """What the database means by an error; asked on the connection where the driver forgets."""
        state = None
        if connection is not None and self.backend == "mariadb":
            state = _state(error, connection)
        return verdict(self.backend, error.orig, lost=error.connection_invalidated, state=state)

    async def _run(self, engine: sa.Engine, work: Callable[[sa.Connection], T], held: Held) -> T:
        loop = asyncio.get_running_loop()
        task = loop.run_in_executor(self._threads, lambda: self._work(engine, work, held))
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            loop.run_in_executor(None, held.stop)
            raise

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # whoever asked may be gone

    def _work(self, engine: sa.Engine, work: Callable[[sa.Connection], T], held: Held) -> T:
        connection = self._connected(engine)
        self._busy.add(held)
        try:
            held.take(connection.connection.dbapi_connection)
            if self._closed or held.stopped:
                raise UnavailableError(f"{self._name} is closing.")
            return work(connection)
        finally:
            held.take(None)
            self._busy.discard(held)
            if self._closed or held.stopped:
                connection.invalidate()
            connection.close()

    def _connected(self, engine: sa.Engine) -> sa.Connection:
        drivers: type[Exception] = engine.dialect.loaded_dbapi.Error
        try:
            return engine.connect()
        except (DBAPIError, drivers) as error:
            # What a session is told at its beginning fails in the driver's own words.
            orig = error.orig if isinstance(error, DBAPIError) else error
            found = verdict(self.backend, orig)
            what = f"{self._name} cannot open {self._where}"
            if found.kind in ("lost", "transient", "refused"):
                raise UnavailableError(
                    f"{what}: {found.text}. Trying again; check that the database runs."
                ) from error
            raise found.error(what) from error


def too_large(what: str, error: OverflowError) -> SettingsError:
    """Of a number in a place: it was written for another database."""
    return SettingsError(
        f"{what}: {error}. Was the connection's name used for another database? Give this one"
        " another name."
    )


def _pool(backend: Backend, size: int) -> dict[str, Any]:
    if backend == "sqlite":
        # A file that was replaced would be read on by whoever holds the old one open.
        return {"poolclass": NullPool}
    return {"pool_pre_ping": True, "pool_size": size}


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _state(error: DBAPIError, connection: sa.Connection) -> str | None:
    """MariaDB's SQLSTATE, which PyMySQL does not keep, from the diagnostics of the statement."""
    if error.connection_invalidated or connection.invalidated:
        return None
    try:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        cursor = raw.cursor()
        cursor.execute("get diagnostics condition 1 @andon_state = returned_sqlstate")
        cursor.execute("select @andon_state")
        row = cursor.fetchone()
        cursor.close()
    except Exception:  # the connection is gone, or this is a MySQL too old for it
        return None
    return None if row is None or row[0] is None else str(row[0])
