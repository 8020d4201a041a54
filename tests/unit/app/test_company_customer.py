"""What customer service writes down in the CRM, as its feed of cases shows it."""

from itertools import pairwise

import msgspec
import pytest

from andon.app.company.customer import AREA
from andon.core.connector import Item, Settings
from andon.core.mapping import Inbound, Known
from andon.model.sales import CustomerCaseClosed, CustomerCaseOpened
from andon.sandbox.systems.crm import Crm
from andon.sandbox.world import World

OPENED, CLOSED = CustomerCaseOpened, CustomerCaseClosed


def _says(before: bytes | None, now: bytes) -> list[type]:
    """What a look says that finds the case so, after one that found it as before."""
    (crm,) = AREA.connections
    (mapping,) = (one for one in crm.mappings if isinstance(one, Inbound) and one.kind == "case")
    item = Item(kind="case", key="500", raw=now)
    return [type(one) for one in mapping.reads(item, Known(Settings(), previous=before))]


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (["New"], [OPENED]),
        (["New", "Working", "Closed"], [OPENED, CLOSED]),
        (["Closed"], [OPENED, CLOSED]),
        (["New", "Closed", "Closed", "Working", "Closed"], [OPENED, CLOSED, OPENED, CLOSED]),
    ],
)
def test_a_case_is_open_until_the_customer_was_called_back(
    seen: list[str], said: list[type]
) -> None:
    crm = Crm(World(1), "http://127.0.0.1:9")
    case = crm.complain("5000001", "Where is it?")
    looks: list[bytes | None] = [None]
    for status in seen:
        crm.cases[case]["Status"] = status
        looks.append(msgspec.json.encode(crm.cases[case]))
    found = [one for before, now in pairwise(looks) for one in _says(before, now or b"")]
    assert found == said


def test_a_question_about_no_order_is_not_ours() -> None:
    row = {"Id": "500", "Subject": "Do you sell hats?", "Order__c": None, "Status": "Closed"}
    assert not _says(None, msgspec.json.encode(row))
