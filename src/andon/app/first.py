"""The first start: one administrator, whose password is told once."""

__all__ = ["first_start"]

import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg

from andon.store.access import create_account

_NAME = "admin"


async def first_start(dsn: str, data: Path, told: Callable[[str], None]) -> None:
    """Makes the administrator if nobody has an account yet. The password goes to a terminal once,
    else to a file that only its owner can read."""
    connection = await asyncpg.connect(dsn)
    try:
        if await connection.fetchval("select exists (select 1 from account)"):
            return
        password = secrets.token_urlsafe(18)
        await create_account(connection, _NAME, password, roles=["administrator"])
    finally:
        await connection.close()
    if sys.stderr.isatty():
        told(
            f"First start. Log in as {_NAME!r} with the password {password}"
            " - it is shown only now; write it down."
        )
        return
    file = data / "first-password"
    file.unlink(missing_ok=True)  # of an account that is gone with its database
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(f"{_NAME} {password}\n")
    told(
        f"First start. The password of account {_NAME!r} is in {file}; read it and delete the file."
    )
