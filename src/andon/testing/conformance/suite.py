"""All checks, and how they are run."""

__all__ = ["CHECKS", "Outcome", "Result", "tried", "tried_all"]

import asyncio
import traceback
from collections.abc import AsyncIterator
from typing import Any, Literal

import msgspec

from andon.core.connector import Connector
from andon.core.counterpart import Counterpart
from andon.core.errors import AndonError
from andon.testing.conformance.access import ACCESS
from andon.testing.conformance.bounds import BOUNDS
from andon.testing.conformance.check import BrokenPromiseError, Check
from andon.testing.conformance.knocking import KNOCKING
from andon.testing.conformance.quality import Quality
from andon.testing.conformance.reading import READING
from andon.testing.conformance.sending import SENDING
from andon.testing.conformance.telling import TELLING
from andon.testing.conformance.trial import Trial

CHECKS: tuple[Check, ...] = (*TELLING, *ACCESS, *READING, *SENDING, *KNOCKING, *BOUNDS)

Outcome = Literal["passed", "failed", "exempt", "outdated", "not applicable"]

_LONGEST = 110.0


class Result(msgspec.Struct, frozen=True):
    """How one check went. Failed, and outdated (exempt and yet kept), must be looked at."""

    check: Check
    outcome: Outcome
    says: str = ""

    @property
    def well(self) -> bool:
        """Whether nobody needs to do anything."""
        return self.outcome not in ("failed", "outdated")


async def tried(
    check: Check,
    kind: type[Connector[Any]],
    counterpart: Counterpart,
    quality: Quality,
    *,
    patience: float = 20,
) -> Result:
    """One check on a counterpart that is running. It is running afterwards, too.

    What must come is waited for so many seconds.
    """
    if why := check.unfit(kind, counterpart):
        return Result(check, "not applicable", why)
    failure = await _failure(check, Trial(kind, counterpart, patience))
    reason = quality.exempt.get(check.name)
    if reason is None:
        return Result(check, "failed", failure) if failure else Result(check, "passed")
    if failure:
        return Result(check, "exempt", reason)
    return Result(
        check, "outdated", f"it is kept, and yet quality.toml says: {reason} Take that line out."
    )


async def tried_all(
    kind: type[Connector[Any]], counterpart: type[Counterpart], quality: Quality
) -> AsyncIterator[Result]:
    """Every check, each on a counterpart of its own, or on one when it is slow to begin."""
    one = counterpart()
    for check in CHECKS:
        if not counterpart.lasting:
            one = counterpart()
        if why := check.unfit(kind, one):
            yield Result(check, "not applicable", why)
            continue
        await one.start()
        try:
            yield await tried(check, kind, one, quality)
        finally:
            await one.stop()


async def _failure(check: Check, trial: Trial) -> str:
    """How it failed, in words; empty when it is kept."""
    try:
        async with asyncio.timeout(_LONGEST):
            await check.proves(trial)
    except BrokenPromiseError as error:
        return str(error)
    except TimeoutError:
        return f"not done within {_LONGEST:.0f} s"
    except AndonError as error:
        return f"unexpected {type(error).__name__}: {error}\n{_last(error)}"
    except Exception as error:
        return f"a defect, {type(error).__name__}: {error}\n{_last(error)}"
    return ""


def _last(error: Exception) -> str:
    return "".join(traceback.format_tb(error.__traceback__)[-6:])
