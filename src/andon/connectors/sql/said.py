"""What a database's error means, sorted by who acts next."""

__all__ = ["Verdict", "refused_reading", "verdict"]

from typing import Any, Literal

import msgspec

from andon.connectors.sql.dialects import Backend
from andon.core.errors import (
    AndonError,
    CredentialsError,
    RejectedError,
    SettingsError,
    UnavailableError,
)

Kind = Literal["lost", "transient", "credentials", "settings", "refused"]


class Verdict(msgspec.Struct, frozen=True):
    """`lost`: no clear answer. All others are: the transaction left nothing behind."""

    kind: Kind
    code: str | None
    text: str

    def error(self, what: str) -> AndonError:
        """The error for a call of which the database left nothing behind."""
        said = f"{what}: {self.text} ({self.code})" if self.code else f"{what}: {self.text}"
        match self.kind:
            case "lost" | "transient":
                return UnavailableError(f"{said}. Nothing was kept; trying again.", reached=True)
            case "credentials":
                return CredentialsError(f"{said}. Check user, password and rights there.")
            case "settings":
                return SettingsError(f"{said}. Correct the statement, or the database.")
            case "refused":
                return RejectedError(self.text, self.code)


def verdict(
    backend: Backend, orig: Any, *, lost: bool = False, state: str | None = None
) -> Verdict:
    """What a driver's error means; `lost` if the connection is gone, `state` is the SQLSTATE where
    the driver does not keep it."""
    match backend:
        case "postgresql":
            return _postgresql(orig, lost=lost)
        case "mariadb":
            return _mariadb(orig, state)
        case "mssql":
            return _mssql(orig)
        case "sqlite":
            return _sqlite(orig)
        case "other":
            kind: Kind = "lost" if lost else "refused"
            return Verdict(kind, None, str(orig))


def refused_reading(found: Verdict) -> bool:
    """Whether one row's content may be at fault, so that the others can still be read."""
    return found.kind == "refused" and (found.code or "22").startswith(("21", "22", "HY", "SQLITE"))


def _by_state(state: str) -> Kind:
    """By SQLSTATE's class (SQL standard, PostgreSQL appendix A)."""
    if state in ("42501",) or state.startswith("28"):
        return "credentials"
    if state in ("57014", "55P03", "55006", "25006") or state[:2] in ("40", "53", "58", "XX"):
        return "transient"
    if state[:2] in ("08", "57"):
        return "lost"
    if state[:2] in ("42", "3D", "3F", "26", "0A"):
        return "settings"
    return "refused"


def _postgresql(orig: Any, *, lost: bool) -> Verdict:
    state: str | None = getattr(orig, "sqlstate", None)
    if state is not None:
        diag = orig.diag
        text = ". ".join(filter(None, [diag.message_primary, diag.message_detail]))
        return Verdict(_by_state(state), state, text or str(orig))
    # Before a session there is no SQLSTATE, only words.
    text = " ".join(str(orig).split())
    asked = getattr(orig, "pgconn", None)
    unwelcome = ("password", "authentication", "pg_hba.conf", "role ")
    if getattr(asked, "needs_password", False) or any(word in text for word in unwelcome):
        return Verdict("credentials", None, text)
    if 'database "' in text and "does not exist" in text:
        return Verdict("settings", None, text)
    if isinstance(orig, ValueError) or (not lost and type(orig).__name__ == "DataError"):
        return Verdict("refused", None, text)
    return Verdict("lost", None, text)


_MARIADB: dict[int, Kind] = {
    **dict.fromkeys((0, 1053, 1077, 1079, 1927, 2000, 2003, 2006, 2013, 2014, 2055), "lost"),
    **dict.fromkeys(
        (1020, 1021, 1040, 1041, 1114, 1158, 1159, 1160, 1161, 1180, 1203, 1205), "transient"
    ),
    **dict.fromkeys(
        (1213, 1226, 1290, 1317, 1614, 1637, 1792, 1836, 1969, 3024, 3572), "transient"
    ),
    **dict.fromkeys((1044, 1045, 1142, 1143, 1227, 1251, 1370, 1410, 1698), "credentials"),
    **dict.fromkeys((1049, 1051, 1054, 1064, 1109, 1136, 1146, 1298, 1305, 1318), "settings"),
}


def _mariadb(orig: Any, state: str | None) -> Verdict:
    number, text = _numbered(orig)
    if number is None:
        return Verdict("lost" if type(orig).__name__ == "InterfaceError" else "refused", None, text)
    kind = _MARIADB.get(number)
    if kind is None:
        kind = "refused" if state is None or state == "HY000" else _by_state(state)
    return Verdict(kind, state or str(number), text)


_MSSQL: dict[int, Kind] = {
    **dict.fromkeys((0, 20002, 20003, 20004, 20006, 20009, 20047), "lost"),
    **dict.fromkeys(
        (701, 1204, 1205, 1222, 3935, 3958, 3960, 8645, 8651, 40501, 40613), "transient"
    ),
    **dict.fromkeys((229, 230, 262, 300, 916, 18452, 18456, 18470, 18486, 18487), "credentials"),
    **dict.fromkeys((102, 156, 201, 207, 208, 2812, 4060, 8144, 8145, 8146), "settings"),
}


def _mssql(orig: Any) -> Verdict:
    number, text = _numbered(orig)
    return Verdict(
        _MSSQL.get(number or 0, "refused"), None if number is None else str(number), text
    )


def _numbered(orig: Any) -> tuple[int | None, str]:
    args = getattr(orig, "args", ())
    if len(args) == 1 and isinstance(args[0], tuple):
        args = args[0]
    number = args[0] if args and isinstance(args[0], int) else None
    said = args[1] if len(args) > 1 else str(orig)
    return number, said.decode(errors="replace") if isinstance(said, bytes) else str(said)


_SQLITE: tuple[tuple[str, Kind], ...] = (
    ("SQLITE_BUSY", "transient"),
    ("SQLITE_LOCKED", "transient"),
    ("SQLITE_FULL", "transient"),
    ("SQLITE_NOMEM", "transient"),
    ("SQLITE_INTERRUPT", "transient"),
    ("SQLITE_PROTOCOL", "transient"),
    ("SQLITE_IOERR", "lost"),
    ("SQLITE_CANTOPEN", "lost"),
    ("SQLITE_READONLY", "credentials"),
    ("SQLITE_PERM", "credentials"),
    ("SQLITE_AUTH", "credentials"),
    ("SQLITE_NOTADB", "settings"),
    ("SQLITE_CORRUPT", "settings"),
    ("SQLITE_ERROR", "settings"),
)


def _sqlite(orig: Any) -> Verdict:
    code: str | None = getattr(orig, "sqlite_errorname", None)
    for start, kind in _SQLITE:
        if code is not None and code.startswith(start):
            return Verdict(kind, code, str(orig))
    return Verdict("refused", code, str(orig))
