"""Who may come in: keys of programs, accounts, sessions and login links. Only digests are kept."""

__all__ = [
    "Account",
    "Key",
    "Speaks",
    "account_of_session",
    "all_keys",
    "check_password",
    "close_session",
    "create_account",
    "create_key",
    "create_login_link",
    "digest_of",
    "new_token",
    "open_session",
    "revoke_key",
    "set_password",
    "use_login_link",
]

import asyncio
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(minutes=10)
CHANNEL = "andon_keys"
"""Workers read the keys again after a notification here."""

_hasher = PasswordHasher()


class Speaks(Protocol):
    """A pool or a connection of asyncpg."""

    async def fetch(self, query: str, /, *args: Any) -> Sequence[Any]:
        """All rows; each is read by its columns' names."""
        ...

    async def fetchrow(self, query: str, /, *args: Any) -> Any:
        """The first row, or None."""
        ...

    async def execute(self, query: str, /, *args: Any) -> str:
        """The command's tag, `UPDATE 1`."""
        ...


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A program's key, without its secret."""

    name: str
    digest: bytes
    scopes: frozenset[str]
    sites: frozenset[str]
    """Empty means every site."""
    system: str | None
    """Events of this key may only be said in this system's name."""
    party: str | None = None
    """The partner that has it, by the name of its subject."""
    created_at: datetime


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person, without the password."""

    name: str
    roles: frozenset[str]
    sites: frozenset[str]


def new_token() -> str:
    """32 random bytes that name their maker, so that a secret scanner can find a leaked one."""
    return f"andon_{secrets.token_urlsafe(32)}"


def digest_of(token: str) -> bytes:
    """What is kept of a token. It has 256 bits of chance, so a fast digest cannot be searched."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


async def create_key(
    db: Speaks,
    name: str,
    *,
    scopes: Sequence[str],
    sites: Sequence[str] = (),
    system: str | None = None,
    party: str | None = None,
) -> str:
    """Makes a key and gives its token, which cannot be shown again. Works within two seconds.
    A partner's key is for `read:<capability>` and `commands:<capability>` alone."""
    token = new_token()
    await db.execute(
        "insert into access_key (name, digest, scopes, sites, system, party)"
        " values ($1, $2, $3, $4, $5, $6)",
        name,
        digest_of(token),
        list(scopes),
        list(sites),
        system,
        party,
    )
    await _tell(db)
    return token


async def revoke_key(db: Speaks, name: str) -> int:
    """Ends every key of this name; gives how many there were. The rows stay, for the audit."""
    tag = await db.execute(
        "update access_key set revoked_at = now() where name = $1 and revoked_at is null", name
    )
    await _tell(db)
    return int(tag.rsplit(" ", 1)[-1])


async def all_keys(db: Speaks) -> list[Key]:
    """Every key that opens something."""
    rows = await db.fetch(
        "select name, digest, scopes, sites, system, party, created_at from access_key"
        " where revoked_at is null order by name, created_at"
    )
    return [
        Key(
            name=row["name"],
            digest=bytes(row["digest"]),
            scopes=frozenset(row["scopes"]),
            sites=frozenset(row["sites"]),
            system=row["system"],
            party=row["party"],
            created_at=row["created_at"],
        )
        for row in rows
    ]


async def create_account(
    db: Speaks, name: str, password: str, *, roles: Sequence[str], sites: Sequence[str] = ()
) -> bool:
    """Makes an account; False, and nothing changed, where the name is taken."""
    hashed = await asyncio.to_thread(_hasher.hash, password)
    tag = await db.execute(
        "insert into account (name, password, roles, sites) values ($1, $2, $3, $4)"
        " on conflict do nothing",
        name,
        hashed,
        list(roles),
        list(sites),
    )
    return tag.endswith(" 1")


async def set_password(db: Speaks, name: str, password: str) -> bool:
    """Changes a password and ends the account's sessions; False where there is no such account."""
    hashed = await asyncio.to_thread(_hasher.hash, password)
    tag = await db.execute("update account set password = $2 where name = $1", name, hashed)
    await db.execute("delete from session where account = $1", name)
    return tag.endswith(" 1")


async def check_password(db: Speaks, name: str, password: str) -> Account | None:
    """The account, or None. An unknown name takes as long as a wrong password."""
    row = await db.fetchrow(
        "select name, password, roles, sites from account where name = $1", name
    )
    nobody = await asyncio.to_thread(_nobody)
    hashed = row["password"] if row else nobody
    right = await asyncio.to_thread(_verified, hashed, password)
    return _account(row) if row and right else None


async def open_session(db: Speaks, account: str) -> str:
    """A session's token; it ends after twelve hours. Ended ones are swept here."""
    token = new_token()
    await db.execute("delete from session where expires_at < now()")
    await db.execute(
        "insert into session (digest, account, expires_at) values ($1, $2, now() + $3)",
        digest_of(token),
        account,
        SESSION_LASTS,
    )
    return token


async def account_of_session(db: Speaks, token: str) -> Account | None:
    """Whose session this is; None when it ended or never was."""
    row = await db.fetchrow(
        "select a.name, a.roles, a.sites from session s join account a on a.name = s.account"
        " where s.digest = $1 and s.expires_at > now()",
        digest_of(token),
    )
    return _account(row) if row else None


async def close_session(db: Speaks, token: str) -> None:
    """Ends a session."""
    await db.execute("delete from session where digest = $1", digest_of(token))


async def create_login_link(db: Speaks, account: str) -> str:
    """A token that logs in once, within ten minutes."""
    token = new_token()
    await db.execute("delete from login_link where expires_at < now() - interval '1 day'")
    await db.execute(
        "insert into login_link (digest, account, expires_at) values ($1, $2, now() + $3)",
        digest_of(token),
        account,
        LINK_LASTS,
    )
    return token


async def use_login_link(db: Speaks, token: str) -> Account | None:
    """Whose link this is, once; of two at the same time one wins."""
    row = await db.fetchrow(
        "with used as (update login_link set used_at = now()"
        "  where digest = $1 and used_at is null and expires_at > now() returning account)"
        " select a.name, a.roles, a.sites from used join account a on a.name = used.account",
        digest_of(token),
    )
    return _account(row) if row else None


async def _tell(db: Speaks) -> None:
    await db.execute("select pg_notify($1, '')", CHANNEL)


def _account(row: Mapping[str, Any]) -> Account:
    return Account(name=row["name"], roles=frozenset(row["roles"]), sites=frozenset(row["sites"]))


def _verified(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    return _hasher.hash(new_token())
