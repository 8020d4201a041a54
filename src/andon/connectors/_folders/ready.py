"""Which of the files in a folder are finished and ours, in the order to read them."""

__all__ = ["Ready", "Watch"]

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

import msgspec

from andon.connectors._folders.folder import Entry
from andon.connectors._folders.names import is_safe, sequence_in
from andon.connectors._folders.settings import FolderSettings


class Ready(msgspec.Struct, frozen=True):
    """What one look found."""

    files: list[Entry]
    odd: Sequence[tuple[str, str, str]]
    """Names that are left where they are: name, code, why."""
    orphans: Sequence[str]
    """Markers without a file, older than a minute."""


class Watch:
    """Remembers between two looks how long a file has stood still."""

    def __init__(self, settings: FolderSettings) -> None:
        self._settings = settings
        self._settle = settings.settle.total_seconds()
        self._pattern = re.compile(settings.sequence) if settings.sequence else None
        self._still: dict[str, tuple[Entry, float]] = {}

    def look(self, entries: Sequence[Entry], *, now: float, today: float) -> Ready:
        """`now` is a clock that never goes back, `today` the seconds since 1970."""
        ours = [entry for entry in entries if self._is_ours(entry.name)]
        present = {entry.name for entry in entries}
        markers: set[str] = set()
        if self._settings.marker:
            markers = {self.marker_of(entry.name) for entry in ours}
        files: list[Entry] = []
        odd: list[tuple[str, str, str]] = []
        still: dict[str, tuple[Entry, float]] = {}
        for entry in ours:
            if entry.name in markers:
                continue
            if not is_safe(entry.name):
                odd.append((entry.name, "unsafe-name", "the name would not stay in its folder"))
            elif entry.what == "other":
                odd.append((entry.name, "not-a-file", "it is a link or a device, not a file"))
            elif entry.what == "folder":
                continue
            elif self._is_finished(entry, present, now, still):
                files.append(entry)
        self._still = still
        return Ready(sorted(files, key=self._order), odd, self._orphans(entries, present, today))

    def marker_of(self, name: str) -> str:
        """The file that says that this one is finished."""
        return self._settings.marker.format(name=name, stem=PurePosixPath(name).stem)

    def _is_ours(self, name: str) -> bool:
        if any(fnmatchcase(name, pattern) for pattern in self._settings.unfinished):
            return False
        return fnmatchcase(name, self._settings.names)

    def _is_finished(
        self, entry: Entry, present: set[str], now: float, still: dict[str, tuple[Entry, float]]
    ) -> bool:
        if self._settings.marker:
            return self.marker_of(entry.name) in present
        if not self._settle:
            return True
        before, since = self._still.get(entry.name, (None, now))
        if before != entry:
            since = now
        still[entry.name] = (entry, since)
        return now - since >= self._settle

    def _orphans(self, entries: Sequence[Entry], present: set[str], today: float) -> list[str]:
        """A marker left behind would let the next file of that name in too early."""
        if not self._settings.marker:
            return []
        ending = self._settings.marker.format(name="", stem="")
        wanted = {marker for name in present if (marker := self.marker_of(name)) != name}
        return [
            entry.name
            for entry in entries
            if entry.what == "file" and is_safe(entry.name) and entry.name.endswith(ending)
            and entry.name not in wanted and today - entry.changed_at > 60
        ]  # fmt: skip

    def _order(self, entry: Entry) -> tuple[bool, int, float, str]:
        number = sequence_in(entry.name, self._pattern)
        return (number is None, number or 0, entry.changed_at, entry.name)
