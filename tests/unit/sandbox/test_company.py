"""A company starts whole or not at all."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp
import pytest

from andon.sandbox.system import System
from andon.sandbox.systems.wms import Wms
from tests.unit.sandbox.test_warehouse_and_quality import company_of


class Taken(System):
    """Its port belongs to somebody else."""

    name = "taken"

    async def start(self) -> None:
        raise OSError("address already in use")

    def environment(self) -> Mapping[str, str]:
        return {}

    async def stop(self) -> None:
        raise AssertionError("what never began is not ended")


async def test_of_a_company_of_which_one_cannot_start_nobody_is_left_listening() -> None:
    company = company_of(Wms, Taken)
    with pytest.raises(OSError, match="already in use"):
        await company.start()
    address = company.the(Wms).address
    assert urlsplit(address).port
    async with aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get(address)
