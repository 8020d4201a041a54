"""Getting in: nobody there, wrong credentials, and secrets that stay secret."""

__all__ = ["ACCESS", "nobody_there", "secrets", "wrong_access"]

import logging
import re
import traceback
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import msgspec

from andon.core.connector import Sink, Source
from andon.core.counterpart import Counterpart, Speaks, Takes
from andon.core.errors import AndonError, CredentialsError, UnavailableError
from andon.core.secret import SecretStr
from andon.testing.conformance.check import check, promise
from andon.testing.conformance.trial import Trial


def _asks(counterpart: Counterpart) -> str:
    return "" if counterpart.wrong_access() is not None else "it asks for no credentials"


def _answers(counterpart: Counterpart) -> str:
    return "" if isinstance(counterpart, Speaks | Takes) else "it neither speaks nor takes"


@check(Source, Sink, fits=_answers)
async def nobody_there(trial: Trial) -> None:
    """Where nobody answers, opening (or the first call) says UnavailableError."""
    async with trial.away():
        error = await trial.first_error()
    promise(
        isinstance(error, UnavailableError),
        f"with nobody there it says {_named(error)}, not UnavailableError",
    )


@check(Source, Sink, fits=lambda peer: _answers(peer) or _asks(peer))
async def wrong_access(trial: Trial) -> None:
    """Credentials the system refuses are a CredentialsError, when opening or at the first call."""
    error = await trial.first_error(trial.counterpart.wrong_access())
    promise(
        isinstance(error, CredentialsError),
        f"with wrong credentials it says {_named(error)}, not CredentialsError",
    )


@check()
async def secrets(trial: Trial) -> None:
    """No secret stands in the settings as plain text, in a repr, a log or an error."""
    tables = [trial.counterpart.settings(), trial.counterpart.wrong_access()]
    told = [trial.settings(table) for table in tables if table is not None]
    secrets = {secret for settings in told for secret in _secrets(settings)}
    for settings in told:
        for text in _texts(settings):
            promise(
                not re.search(r"://[^/@\s]*:[^/@\s]+@", text),
                "a setting holds a password inside an address; make it a secret of its own",
            )
    with _listening() as heard:
        for table in tables:
            if table is not None:
                await _shown(trial, table, heard)
        if isinstance(trial.made(), Source | Sink) and not _answers(trial.counterpart):
            async with trial.away():
                await _shown(trial, tables[0] or {}, heard, says=False)
    for text in heard:
        for secret in secrets:
            promise(secret not in text, f"a secret is shown: {text.replace(secret, '***')[:500]}")


async def _shown(
    trial: Trial, table: dict[str, Any], heard: list[str], *, says: bool = True
) -> None:
    """Everything somebody may see when this goes well or wrong."""
    connector = trial.made(table)
    heard += [repr(connector), str(connector), repr(connector.settings), str(connector.settings)]
    if not isinstance(connector, Source | Sink) or _answers(trial.counterpart):
        return
    if says and isinstance(trial.counterpart, Speaks):
        await trial.counterpart.say(1)
    error = await trial.first_error(table)
    if error is not None:
        heard += ["".join(traceback.format_exception(error)), repr(error)]


@contextmanager
def _listening() -> Generator[list[str]]:
    """Every log line of every library, down to DEBUG."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(self.format(record))

    root, ear = logging.getLogger(), Ear()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.setLevel(level)
        root.removeHandler(ear)


def _secrets(value: Any) -> Iterator[str]:
    match value:
        case SecretStr():
            if len(value.reveal()) > 3:
                yield value.reveal()
        case _:
            for part in _parts(value):
                yield from _secrets(part)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in _parts(value):
        yield from _texts(part)


def _parts(value: Any) -> Iterable[Any]:
    match value:
        case msgspec.Struct():
            return [getattr(value, field.name) for field in msgspec.structs.fields(value)]
        case dict():
            return list(cast("dict[Any, Any]", value).values())
        case list() | tuple():
            return cast("list[Any]", value)
        case _:
            return ()


def _named(error: AndonError | None) -> str:
    return "nothing" if error is None else f"{type(error).__name__} ({error})"


ACCESS = (nobody_there, wrong_access, secrets)
