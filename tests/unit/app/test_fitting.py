"""`Andon.checked`: what a project's settings and mappings lack, told before anything is started."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from andon.app import Andon
from andon.app.specimen import specimen
from andon.connectors.mqtt import Mqtt
from andon.connectors.odata import OData
from andon.connectors.odata.mapping import mappings
from andon.connectors.rest import Rest
from andon.connectors.sql import Sql
from andon.connectors.webhook import Webhook
from andon.core.connector import Item, Request
from andon.core.errors import SettingsError
from andon.core.mapping import Inbound, Known, Outbound, Said, inbound, outbound
from andon.core.message import Command
from andon.core.plant import Connection, Route
from andon.model.production import CancelOrder, DistributeOrder
from andon.model.vocabulary import VOCABULARY


@inbound("order")
def read_order(item: Item, known: Known) -> Iterable[Said]:
    """No news."""
    del item, known
    return ()


@outbound(DistributeOrder, proof="findable")
def distribute(new: DistributeOrder, known: Known) -> Request:
    """By the name of a call."""
    del known
    return Request(target="distribute", body={"order": new.order_id})


@outbound(CancelOrder, proof="keyed")
def refuse(old: CancelOrder, known: Known) -> Request:
    """Cannot be tried with a made-up order."""
    del known
    raise KeyError(old.order_id)


def found(
    folder: Path,
    settings: str,
    connection: Connection,
    *routes: Route,
    environment: Mapping[str, str] = {},
) -> Sequence[str]:
    (folder / "p.toml").write_text(settings)
    project = Andon(
        "p",
        site="s",
        connections=[connection],
        routes=routes or routed(connection),
        parameters=str(folder / "p.toml"),
    )
    try:
        project.checked(environment)
    except SettingsError as error:
        return [str(fault) for fault in error.faults]
    return []


def routed(connection: Connection) -> Sequence[Route]:
    commands = [one.command for one in connection.mappings if isinstance(one, Outbound)]
    return [Route(command, connection.name) for command in dict.fromkeys(commands)]


def rest(*mappings: Inbound | Outbound) -> Connection:
    return Connection("mes", Rest, mappings)


MES = '[connections.mes]\nurl = "http://mes.example"\n'
FEED = '[[connections.mes.feeds]]\nkind = "{}"\npath = "/orders"\n'


def test_what_fits_is_well(tmp_path: Path) -> None:
    calls = '[connections.mes.calls.distribute]\ncall = "POST /orders"\nfind = "/o?key={key}"\n'
    settings = MES + FEED.format("order") + calls
    assert found(tmp_path, settings, rest(read_order, distribute, refuse)) == []


def test_a_feed_by_another_name_than_its_mapping_is_told_from_both_sides(tmp_path: Path) -> None:
    assert found(tmp_path, MES + FEED.format("orders"), rest(read_order)) == [
        "p: connections/mes: its settings bring items of kind 'orders', and no mapping reads them"
        " (order)",
        "p: connections/mes: its settings bring no items of kind 'order' (orders)",
    ]


def test_a_mapping_without_any_feed_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, MES, rest(read_order)) == [
        "p: connections/mes: its settings bring no items of kind 'order' (none)"
    ]


def test_what_is_gone_is_news_too_where_it_was_asked_for(tmp_path: Path) -> None:
    settings = MES + FEED.format("order") + "deletes = true\n"
    (fault,) = found(tmp_path, settings, rest(read_order))
    assert "kind 'order.gone'" in fault


def test_a_target_that_the_settings_do_not_have_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, MES, rest(distribute)) == [
        "p: connections/mes/DistributeOrder: `calls` has no 'distribute' (none)"
    ]


def test_what_nothing_is_routed_to_needs_nothing(tmp_path: Path) -> None:
    both = Connection("mes", Rest, [distribute, refuse])
    assert found(tmp_path, MES, both, Route(CancelOrder, "mes")) == []


def test_an_outcome_that_nothing_could_find_out_is_told(tmp_path: Path) -> None:
    settings = MES + '[connections.mes.calls.distribute]\ncall = "POST /orders"\n'
    assert found(tmp_path, settings, rest(distribute)) == [
        "p: connections/mes/DistributeOrder: nothing says how to `find` what 'distribute' did"
    ]


def test_a_database_needs_a_write_for_each_target(tmp_path: Path) -> None:
    settings = '[connections.erp]\nurl = "sqlite:///x.db"\n'
    (fault,) = found(tmp_path, settings, Connection("erp", Sql, [distribute]))
    assert fault == "p: connections/erp/DistributeOrder: `writes` has no 'distribute' (none)"


def test_a_posting_of_odata_needs_its_stamp_and_a_connectors_own_mappings_are_a_stock(
    tmp_path: Path,
) -> None:
    settings = '[connections.erp]\nurl = "http://erp.example"\nplant = "1710"\n'
    faults = found(tmp_path, settings, Connection("erp", OData, mappings))
    assert (
        "p: connections/erp/ReceiveOutput: `actions` has no 'POST A_MaterialDocumentHeader' with"
        " its `stamp`: nothing tells whether it happened" in faults
    )
    assert not [fault for fault in faults if "bring no items" in fault]


def test_a_route_to_who_only_listens_is_told(tmp_path: Path) -> None:
    hook = Connection("mes", Webhook, [distribute])
    assert found(
        tmp_path, '[connections.mes]\npath = "/x"\n', hook, Route(DistributeOrder, "mes")
    ) == ["p: routes/DistributeOrder: goes to 'mes', whose settings say nowhere to send to"]


def test_a_webhook_that_says_its_kinds_itself_may_say_anything(tmp_path: Path) -> None:
    hook = Connection("mes", Webhook, [read_order])
    assert found(tmp_path, '[connections.mes]\nkind_header = "X-Event"\n', hook) == []
    (wrong, unread) = found(tmp_path, "[connections.mes]\n", hook)
    assert "kind 'event'" in wrong
    assert "kind 'order'" in unread


def test_two_mappings_of_one_kind_or_command_are_told(tmp_path: Path) -> None:
    twice = rest(read_order, read_order, refuse, refuse)
    assert found(tmp_path, MES + FEED.format("order"), twice) == [
        "p: connections/mes: kinds/order: stands twice; give each its own name",
        "p: connections/mes: commands/CancelOrder: stands twice; give each its own name",
    ]


def test_everything_is_told_at_once_with_file_and_key(tmp_path: Path) -> None:
    settings = """
[connections.broker]
url = "http://broker.example"
password = { env = "BROKER" }
[connections.broker.topics.order]
template = "a/#/b"
[connections.line]
[web]
hosts = ["http://x"]
"""
    broker = Connection("broker", Mqtt, [])
    missing = found(tmp_path, settings, broker)
    assert missing == [
        "p.toml: connections.broker.password: the environment has no BROKER; set it",
        "p.toml: web.hosts[0]: 'http://x' is no host name; write it without scheme, port or path:"
        " andon.example",
        "p.toml: connections.line: the project has no such connection (broker)",
    ]
    there = found(tmp_path, settings, broker, environment={"BROKER": "secret"})
    assert there[2].startswith("p.toml: connections.broker.url: is 'http://broker.example'")
    assert there[3].startswith("p.toml: connections.broker.topics.order.template: ")
    assert "kind 'order'" in there[4]


def test_a_key_whose_form_is_wrong_is_a_fault_like_any_other(tmp_path: Path) -> None:
    settings = """
[connections.mes]
verify = { kind = "standard", secrets = [{ env = "SECRET" }] }
[connections.other]
"""
    faults = found(
        tmp_path, settings, Connection("mes", Webhook), environment={"SECRET": "whsec_?"}
    )
    assert len(faults) == 2
    assert faults[0].startswith("p.toml: connections.mes")


COMMANDS = [shape for shape in VOCABULARY if issubclass(shape, Command)]


@pytest.mark.parametrize("shape", COMMANDS, ids=lambda shape: shape.TYPE)
def test_every_command_can_be_made_up(shape: type[Command]) -> None:
    assert specimen(shape) is not None
