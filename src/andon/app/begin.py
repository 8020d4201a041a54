"""A small complete project to begin with."""

__all__ = ["begin"]

from importlib.resources import files
from pathlib import Path

from andon.core.errors import SettingsError

_FILES = ("plant.py", "plant.toml")


def begin(folder: Path) -> list[Path]:
    """Writes the project and gives its files. Raises SettingsError rather than write over one."""
    there = [name for name in _FILES if (folder / name).exists()]
    if there:
        raise SettingsError(
            f"No project can begin in {folder}: {' and '.join(there)} would be overwritten."
            " Nothing was written. Name another folder, or move what is there away."
        )
    made = [folder / name for name in _FILES]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in made:
            _write(file, files("andon.app").joinpath("quickstart", file.name).read_text("utf-8"))
    except OSError as error:
        raise SettingsError(
            f"No project can begin in {folder}: {error.strerror}."
            " Check the name and your rights there, or name another folder."
        ) from error
    return made


def _write(file: Path, text: str) -> None:
    # Only a file that is not there yet: somebody may be quicker than the look above.
    with file.open("x", encoding="utf-8") as out:
        out.write(text)
