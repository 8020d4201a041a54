"""A simulated S/4HANA as the tests of the OData connector reach it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from andon.connectors._access import Basic
from andon.connectors.odata import Action, OData, ODataSettings
from andon.connectors.odata.simulated.gateway import SERVICES
from andon.connectors.odata.simulator import SapSimulator
from andon.core.connector import SecretStr

ACTIONS = (
    Action(
        target="POST A_MaterialDocumentHeader",
        stamp="ReferenceDocument",
        today=("PostingDate", "DocumentDate"),
        reference=("MaterialDocument", "MaterialDocumentYear"),
    ),
    Action(target="POST ProdnOrdConf2", stamp="ConfirmationText"),
    Action(target="POST ReleaseOrder", holds={"OrderIsReleased": "X"}),
    Action(target="POST TechlyCmpltOrder", holds={"OrderIsTechnicallyCompleted": "X"}),
)


@asynccontextmanager
async def stocked() -> AsyncIterator[SapSimulator]:
    """One that has a hundred seals of a lot, and answers."""
    simulator = SapSimulator()
    simulator.company.movements.stock_up("SEAL", 100, "B1")
    await simulator.start()
    yield simulator
    await simulator.stop()


class Clock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def moves(self, span: timedelta) -> None:
        self._at += span


def settings(sap: SapSimulator, **more: Any) -> ODataSettings:
    told: dict[str, Any] = {
        "url": sap.url,
        "services": SERVICES,
        "auth": Basic(sap.gateway.user, SecretStr(sap.gateway.password)),
        "client": "100",
        "poll_every": timedelta(milliseconds=20),
        "actions": ACTIONS,
    }
    return ODataSettings(**told | more)


def settings4(sap: SapSimulator, **more: Any) -> ODataSettings:
    told = {"url": sap.url4, "services": ("plant_orders",), "version": 4, "actions": ()}
    return settings(sap, **told | more)


@asynccontextmanager
async def connected(told: ODataSettings) -> AsyncIterator[OData]:
    connector = OData("erp", told)
    try:
        await connector.open()
        yield connector
    finally:
        await connector.close()
