"""`andon connectors simulate`: a system to look around in, where no real one is at hand."""

__all__ = ["shown_of", "simulate"]

import asyncio
import signal
from importlib import import_module

from andon.app.installed import found, loaded
from andon.app.terminal import OUT, refusals_said
from andon.core.counterpart import Shows
from andon.core.errors import SettingsError

_LOOK_EVERY = 0.2


def simulate(name: str, place: str) -> None:
    """Starts the connector's simulated system there; it ends with Ctrl-C."""
    with refusals_said():
        asyncio.run(_show(name, place))


def shown_of(name: str) -> Shows:
    """The simulated system of a connector, not begun. Raises SettingsError where there is none."""
    package = loaded(found(name)).__module__.rpartition(".")[0]
    try:
        module = import_module(f"{package}.shown")
    except ModuleNotFoundError as error:
        if error.name != f"{package}.shown":
            raise
        raise SettingsError(
            f"Nothing simulates {name}: the real thing is started as quickly."
            f" The README of {name} says how."
        ) from error
    return module.Shown()


async def _show(name: str, place: str) -> None:
    shown = shown_of(name)
    try:
        lines = await shown.start(place)
    except (OSError, OverflowError, ValueError) as error:
        why = "that is no place for it" if isinstance(error, ValueError) else str(error)
        raise SettingsError(
            f"{name} cannot be simulated at {place!r}: {why}. Name another place with --at."
        ) from error
    for line in lines:
        _say(line)
    _say(f"{name} is simulated at {place} until Ctrl-C.")
    telling = asyncio.create_task(_tell(shown))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, telling.cancel)
    await asyncio.wait([telling])
    if not telling.cancelled():
        telling.result()
    # Connections that break as it ends are nobody's business.
    loop.set_exception_handler(lambda _loop, _context: None)


async def _tell(shown: Shows) -> None:
    told = 0
    while True:
        effects = await shown.effects()
        for effect in effects[told:]:
            _say(f"took {effect}")
        told = len(effects)
        await asyncio.sleep(_LOOK_EVERY)


def _say(text: str) -> None:
    OUT.print(text, markup=False, highlight=False, soft_wrap=True)
