"""Riverside: Tryton releases orders and keeps the books, an MES runs the floor."""

from datetime import timedelta

from andon.app import Andon
from andon.capabilities.production import post_order, release_and_expect_start
from andon.capabilities.quality import hold_rejected_lot
from andon.connectors import fsmes, tryton
from andon.connectors.board import Board
from andon.connectors.board.mapping import MAPPINGS as BOARD
from andon.connectors.fsmes import Fsmes
from andon.connectors.tryton import Tryton
from andon.core.plant import Connection, Ownership, Route
from andon.model.inventory import CreateLot
from andon.model.production import (
    AssignComponents,
    AssignLots,
    CompleteProduction,
    ConfirmOperation,
    DistributeOrder,
    ReceiveOutput,
    RecordOperation,
    StartOperation,
    StartProduction,
)
from andon.model.quality import PlaceHold, ReleaseHold, RequestInspection

__all__ = ["andon"]

TO_THE_ERP = (
    AssignComponents,
    AssignLots,
    StartProduction,
    StartOperation,
    RecordOperation,
    ConfirmOperation,
    CreateLot,
    ReceiveOutput,
    CompleteProduction,
    RequestInspection,
)

# The machines of this plant are quick; a floor that plans by the shift has hours.
RELEASE = release_and_expect_start(within=timedelta(minutes=2))

andon = Andon(
    "riverside",
    site="riverside",
    connections=[
        Connection("erp", Tryton, tryton.mappings),
        Connection("mes", Fsmes, fsmes.mappings),
        Connection("andon", Board, BOARD),
    ],
    workflows=[RELEASE, post_order, hold_rejected_lot],
    routes=[
        Route(DistributeOrder, "mes"),
        *(Route(command, "erp") for command in TO_THE_ERP),
        Route(PlaceHold, "andon"),
        Route(ReleaseHold, "andon"),
    ],
    ownership=[
        Ownership(
            subject="production-order",
            attribute="planned",
            owner="erp",
            followers={"mes": timedelta(seconds=10)},
            steward="planning",
        ),
        Ownership(
            subject="production-order",
            attribute="status",
            owner="mes",
            followers={"erp": timedelta(seconds=30)},
            steward="planning",
        ),
        Ownership(
            subject="production-order",
            attribute="good",
            owner="mes",
            followers={"erp": timedelta(seconds=30)},
            steward="planning",
        ),
    ],
    # Numbers that mean the same in every system; an inspection has the one that Andon gives it.
    shared={"material-lot": "riverside", "inspection-lot": "riverside"},
)
