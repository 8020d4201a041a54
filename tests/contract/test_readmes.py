"""Every README of a connector is followed as a newcomer does: what it has people type is taken
from the page, checked, and run until what it reads stands in the log and what it sends arrived."""

from pathlib import Path

import pytest

from andon.testing.conformance import installed
from tests.contract.newcomer import Newcomer
from tests.contract.readme_parts import PARTS, nothing_more
from tests.contract.typed import typed


@pytest.mark.parametrize("connector", installed())
async def test_a_readme_leads_from_nothing_to_a_connected_system(
    connector: str, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    newcomer = Newcomer(typed(connector), database)
    async with PARTS.get(connector, nothing_more)(newcomer), newcomer.sitting():
        await newcomer.follows()
        await newcomer.delivered()
        assert await newcomer.cases() == []
