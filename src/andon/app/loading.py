"""Where a user's project is found, and what to do when it is not."""

__all__ = ["load"]

import importlib
import sys
import traceback
from pathlib import Path

from andon.app.project import Andon
from andon.core.errors import SettingsError


def _unloaded(where: str, module_name: str, error: Exception) -> str:
    lacks = error.name or "" if isinstance(error, ModuleNotFoundError) else ""
    if lacks and f"{module_name}.".startswith(f"{lacks}."):
        return (
            f"No project at {where!r}: {error}. Say it as module:name, from the folder that holds"
            " the module."
        )
    if lacks.startswith("andon.connectors."):
        kind = lacks.split(".")[2]
        next_step = f" `andon connectors list` shows the kinds there are; {kind!r} is none of them."
    else:
        next_step = f" Install {lacks!r} into this environment." if lacks else ""
    return (
        f"The project {where!r} cannot be loaded: {type(error).__name__}: {error}{_place(error)}."
        f"{next_step} Nothing was started."
    )


def _place(error: Exception) -> str:
    """The line of a project's file that raised it; a wrong syntax says its own."""
    if isinstance(error, SyntaxError):
        return ""
    frames = traceback.extract_tb(error.__traceback__)
    last = [one for one in frames if not one.filename.startswith("<")][-1]
    return f" ({Path(last.filename).name}, line {last.lineno})"


def load(where: str) -> Andon:
    """The `Andon` at `module:name`, found from the current folder. Raises SettingsError."""
    module_name, _, name = where.partition(":")
    if not all(part.isidentifier() for part in module_name.split(".")):
        raise SettingsError(f"{where!r} names no module. Say it as module:name, plant:andon, say.")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except Exception as error:
        raise SettingsError(_unloaded(where, module_name, error)) from error
    found = getattr(module, name or "andon", None)
    if not isinstance(found, Andon):
        raise SettingsError(
            f"{module_name} holds no Andon called {name or 'andon'!r}."
            f" Write {name or 'andon'} = Andon(...) there, or name it as module:name."
        )
    return found
