"""Names of files: which are safe, how they are stamped, ordered and kept apart. Pure."""

__all__ = [
    "Stamp",
    "apart",
    "done_name",
    "done_of",
    "is_safe",
    "numbered",
    "path_in",
    "sequence_in",
    "stamp",
    "taken_name",
    "taken_of",
]

import re
from hashlib import blake2b
from pathlib import PurePosixPath
from string import Formatter

Stamp = str
"""Our key, as it may stand in the name of a file."""

_TAKEN = re.compile(r"(\d{6,18})~(.+)", re.DOTALL)


def is_safe(name: str) -> bool:
    """Whether a name stays inside its folder, on any system, and can be printed."""
    if name in ("", ".", "..") or len(name.encode(errors="replace")) > 200:
        return False
    return name.isprintable() and not any(sign in name for sign in '/\\:"*?<>|')


def path_in(*parts: str) -> str:
    """A path below the connection's folder; `.` and empty parts fall away."""
    return str(PurePosixPath(*[part for part in parts if part]))


def stamp(key: str) -> Stamp:
    """The same key has the same stamp; it is safe in any name."""
    return blake2b(key.encode(), digest_size=8).hexdigest()


def sequence_in(name: str, pattern: "re.Pattern[str] | None") -> int | None:
    """The number a name carries, None when it has none."""
    match = pattern.search(name) if pattern else None
    if match is None or not match.groups() or match[1] is None:
        return None
    digits = match[1]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


def numbered(template: str, target: str) -> re.Pattern[str]:
    """Finds the number in names made from a template for one target."""
    parts = {"target": re.escape(target), "sequence": r"(\d+)", "stamp": "[0-9a-f]{16}"}
    found = Formatter().parse(template)
    shape = "".join(re.escape(text) + parts.get(name or "", "") for text, name, _, _ in found)
    return re.compile(f"^{shape}$")


def taken_name(number: int, name: str) -> str:
    """What a file is called in the work folder."""
    return f"{number:06}~{name}"


def taken_of(name: str) -> tuple[int, str] | None:
    """Number and first name of a file in the work folder."""
    match = _TAKEN.fullmatch(name)
    return (int(match[1]), match[2]) if match else None


def done_name(name: str, consumer: str, number: int, digest: str) -> str:
    """What a file is called once it is archived or rejected."""
    return apart(name, f"{consumer}-{number:06}-{digest[:12] or '0' * 12}")


def done_of(name: str, consumer: str) -> tuple[int, str, str] | None:
    """Number, digest and first name of a file this consumer has put away."""
    mark = rf"(.*)~{re.escape(consumer)}-(\d{{6,18}})-([0-9a-f]{{12}})(\.[^.]*)?"
    match = re.fullmatch(mark, name, re.DOTALL)
    return (int(match[2]), match[3], match[1] + (match[4] or "")) if match else None


def apart(name: str, mark: str) -> str:
    """The same name with a mark before its ending: `a.csv` and `1f` are `a~1f.csv`."""
    path = PurePosixPath(name)
    return f"{path.stem}~{mark}{path.suffix}"
