"""The company's settings against its mappings, with addresses and secrets made up."""

import re
import tomllib
from pathlib import Path

import pytest

from andon.app import Andon, company
from andon.core.errors import SettingsError

TOML = Path(company.__file__).with_name("company.toml")
ADDRESSES = {
    "COMPANY_MACHINES_URL": "mqtt://127.0.0.1:1883",
    "COMPANY_MACHINES_B_URL": "opc.tcp://127.0.0.1:4840",
    "COMPANY_ERP_B_URL": "mysql+pymysql://andon@127.0.0.1/erp",
    "COMPANY_ANALYTICS_BROKER": "127.0.0.1:9092",
}


def environment(text: str) -> dict[str, str]:
    made = dict.fromkeys(re.findall(r'env = "(\w+)"', text), "made-up")
    made |= {name: "/made-up" for name in made if name.endswith(("_FOLDER", "_EXPORTS"))}
    made |= {name: "http://127.0.0.1:9" for name in made if name.endswith(("_URL", "_TOKENS"))}
    return made | ADDRESSES


def test_its_settings_and_mappings_fit() -> None:
    text = TOML.read_text()
    plan = company.andon.checked(environment(text))
    assert tomllib.loads(text)["connections"].keys() <= plan.connections.keys()


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('entity_set = "A_SalesOrder"', 'entity_set = "SalesOrder"', "connections/erp: "),
        ('path = "/workorders"', 'path = "workorders"', "company.toml: connections.cmms.feeds[0]"),
        ('target = "POST PickAllItems"', 'target = "POST PickAll"', "connections/erp/ConfirmPick"),
    ],
)
def test_one_wrong_word_in_them_is_found(right: str, wrong: str, says: str, tmp_path: Path) -> None:
    text = TOML.read_text()
    assert right in text
    (tmp_path / "company.toml").write_text(text.replace(right, wrong))
    there = company.andon
    project = Andon(
        "company",
        site=there.site,
        connections=there.connections,
        routes=there.routes,
        parameters=str(tmp_path / "company.toml"),
    )
    with pytest.raises(SettingsError) as caught:
        project.checked(environment(text))
    assert [fault for fault in caught.value.faults if says in str(fault)]
