"""The first start makes one administrator, who may do everything, and tells the password once."""

from pathlib import Path
from typing import cast

import asyncpg

from andon.api.callers import scopes_of
from andon.app.first import first_start
from andon.store.access import Speaks, check_password


async def test_the_first_account_may_do_everything_with_the_password_in_the_file(
    tmp_path: Path, database: str
) -> None:
    said: list[str] = []
    await first_start(database, tmp_path, said.append)
    file = tmp_path / "first-password"
    assert file.stat().st_mode & 0o777 == 0o600
    name, password = file.read_text().split()
    assert str(file) in said[0]
    assert password not in said[0]
    connection = await asyncpg.connect(database)
    try:
        account = await check_password(cast(Speaks, connection), name, password)
    finally:
        await connection.close()
    assert account is not None
    assert scopes_of(account.roles) == {"admin"}


async def test_a_second_start_makes_nobody(tmp_path: Path, database: str) -> None:
    await first_start(database, tmp_path, lambda _: None)
    (tmp_path / "first-password").unlink()
    await first_start(database, tmp_path, lambda _: None)
    assert not (tmp_path / "first-password").exists()
