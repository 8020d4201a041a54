"""Inspection in the sandbox company: what lines make is available once quality accepts it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec import structs

from andon.connectors.odata.simulated.deliveries import DELIVERY_ITEMS
from andon.connectors.odata.simulated.movement_types import BLOCKED, IN_INSPECTION, UNRESTRICTED
from andon.sandbox.lab.audits import AUDITS
from andon.sandbox.systems.erp import Erp
from andon.sandbox.systems.qms import Qms
from andon.sandbox.world import BEGAN
from tests.integration.plant import until
from tests.story.company import Served, served

_STATUS = ("101", "321", "322", "343", "344", "349", "350")
"""Movement types that say what a lot may be used for."""


@pytest.mark.story
async def test_what_lines_make_is_available_once_quality_accepts_it_and_not_before() -> None:
    """Nobody reaches quality at first; then answers of the books are lost, and Andon is killed."""
    async with served(speed=180, began=BEGAN) as plant:
        company, truth = plant.company, plant.company.world.truth
        erp, qms = company.the(Erp), company.the(Qms)
        await qms.stop()
        await plant.live(timedelta(hours=8))
        await until(lambda: len(_lots(erp)[IN_INSPECTION]) > 2, within=60)
        assert not _lots(erp)[UNRESTRICTED]
        assert not _delivered(erp), "a clerk has promised what is not inspected"

        async def shown() -> bool:
            return bool(await _shown(plant))

        await until(shown, within=60)
        assert (await _shown(plant))["free"] == "0"
        bad = _lots(erp)[IN_INSPECTION][0]
        truth.lots[bad] = structs.replace(truth.lots[bad], sound=False)
        erp.faults.add("lose", 6)
        await qms.start()
        await until(lambda: bool(_lots(erp)[UNRESTRICTED]), within=60)
        await plant.kill_andon()
        await plant.start_andon()
        await until(lambda: bad in _lots(erp)[BLOCKED], within=60)
        assert _posted(erp)[bad] == ["101", "350"]
        await until(lambda: len(_delivered(erp)) > 1, within=60)
        accepted = {one.lot for one in qms.inspections.values() if one.decision == "accept"}
        assert _delivered(erp) <= accepted

        async def settled() -> bool:
            await _approves(plant)
            return _is_settled(erp, qms, bad)

        await until(settled, within=90)
        await company.rest(company.world.now())
        await until(lambda: AUDITS["inspections"](company).well, within=30)

        async def agreed() -> bool:
            await _approves(plant)
            return AUDITS["stock as inspected"](company).well

        await until(agreed, within=60)
        assert all(posted[0] == "101" for posted in _posted(erp).values())


async def _approves(plant: Served) -> None:
    """The warehouse has counted well: what else is to be posted of a lot waits for that word."""
    for case in await plant.cases():
        if case["state"] == "open" and "approve" in case["choices"]:
            await plant.ask("POST", f"/v1/exceptions/{case['id']}/answer", {"answer": "approve"})


def _is_settled(erp: Erp, qms: Qms, lot: str) -> bool:
    """Made good it is for any use; scrapped it is thrown away as what is blocked."""
    if qms.held(lot) is None:
        return _posted(erp)[lot] == ["101", "350", "343"]
    scrapped = any((one.lot, one.usage) == (lot, "scrap") for one in qms.dispositions)
    return scrapped and _posted(erp)[lot] == ["101", "350"]


def _lots(erp: Erp) -> Mapping[str, Sequence[str]]:
    """Lots of pumps by what they may be used for."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for there, amount in erp.company.movements.stocks.all():
        if there.material == "PUMP" and amount:
            found[there.stock_type].append(there.batch)
    return found


def _posted(erp: Erp) -> Mapping[str, Sequence[str]]:
    """Lot of pumps -> what each document said it may be used for."""
    documents: defaultdict[str, dict[tuple[str, ...], str]] = defaultdict(dict)
    for key, row in erp.company.books.rows("A_MaterialDocumentItem").items():
        if row["Material"] == "PUMP" and row["GoodsMovementType"] in _STATUS:
            documents[row["Batch"]][key[:2]] = row["GoodsMovementType"]
    return {lot: list(kinds.values()) for lot, kinds in documents.items()}


def _delivered(erp: Erp) -> set[str]:
    return {
        row["Batch"]
        for row in erp.company.books.rows(DELIVERY_ITEMS).values()
        if row["Material"] == "PUMP"
    }


async def _shown(plant: Served) -> dict[str, Any]:
    """What Andon shows of all pumps that the books have; nothing before it has read of them."""
    status, said = await plant.ask("GET", "/v1/availability/PUMP")
    totals = said["totals"] if status == 200 else ()
    return next((one for one in totals if one["source"] == "erp-stock"), {})
