"""`$metadata`: what is read, and what is refused with its place."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from andon.connectors.odata.metadata import described
from andon.connectors.odata.simulated.gateway import SERVICES, edmx
from andon.core.errors import MappingError

ORDERS = edmx("API_PRODUCTION_ORDER_2_SRV")


def test_sets_keys_fields_ways_and_functions_are_read() -> None:
    about = described(ORDERS)
    orders = about.sets["A_ProductionOrder_2"]
    assert orders.keys == ("ManufacturingOrder",)
    assert orders.properties["TotalQuantity"].type == "Edm.Decimal"
    assert orders.properties["MfgOrderScheduledEndDate"].shows == "Date"
    way = orders.navigations["to_ProductionOrderComponent"]
    assert way.many
    assert about.set_of(way.target) == "A_ProductionOrderComponent_4"
    assert way.joins == (("ManufacturingOrder", "ManufacturingOrder"),)
    release = about.functions["ReleaseOrder"]
    assert (release.method, release.acts_on) == ("POST", orders.name)


def test_version_4_is_read_with_its_aliases_and_actions() -> None:
    about = described(edmx("plant_orders"))
    orders = about.sets["ProductionOrder"]
    assert orders.name == "andon.plant_orders.v0001.ProductionOrderType"
    assert about.set_of(orders.navigations["_Component"].target) == "Component"
    assert about.functions["ReleaseOrder"].acts_on == orders.name


def test_a_derived_type_has_what_its_parent_has_and_a_circle_ends() -> None:
    about = described(
        b"""<Edmx><Schema Namespace="N"><EntityType Name="A" BaseType="N.B"><Property Name="a"/>
        </EntityType><EntityType Name="B" BaseType="N.A"><Key><PropertyRef Name="b"/></Key>
        <Property Name="b"/></EntityType><EntityContainer><EntitySet Name="As" EntityType="N.A"/>
        </EntityContainer></Schema></Edmx>"""
    )
    assert set(about.sets["As"].properties) == {"a", "b"}
    assert about.sets["As"].keys == ("b",)


LAUGHS = b"""<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
]><Edmx><Schema Namespace="&d;"/></Edmx>"""
OUTSIDE = b"""<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<Edmx><Schema Namespace="N">&a;</Schema></Edmx>"""


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b"", "no XML"),
        (b"{}", "no XML"),
        (ORDERS[:2000], "no XML"),
        (ORDERS.replace(b"utf-8", b"utf-16"), "no XML"),
        (b"\xff\xfe<\x00", "no XML"),
        (b"<html/>", "no Schema"),
        (LAUGHS, "document type"),
        (OUTSIDE, "document type"),
        (b"<a>" * 100_000, "no XML"),
        (ORDERS.replace(b'Type="API_PRODUCTION_ORDER_2_SRV.A_P', b'Type="X'), "unknown type"),
        (ORDERS.replace(b'SRV.OrderComponents" From', b'SRV.Other" From'), "nothing says where"),
        (ORDERS.replace(b'<EntitySet Name="A_ProductionOrder_2"', b"<EntitySet"), "has no Name"),
    ],
)  # fmt: skip
def test_what_is_no_metadata_is_refused(document: bytes, says: str) -> None:
    with pytest.raises(MappingError, match=says):
        described(document)


def test_a_fault_has_its_place() -> None:
    with pytest.raises(MappingError) as raised:
        described(ORDERS.replace(b"</EntityType>", b"</EntityTyp>", 1))
    assert raised.value.faults[0].at.startswith("line 3")


@given(st.binary())
def test_any_bytes_are_metadata_or_refused(document: bytes) -> None:
    with pytest.raises(MappingError):
        described(document)


@given(st.data())
def test_metadata_with_a_piece_cut_out_is_read_or_refused(data: st.DataObject) -> None:
    document = edmx(data.draw(st.sampled_from(SERVICES)))
    begin = data.draw(st.integers(0, len(document)))
    length = data.draw(st.integers(0, 400))
    with contextlib.suppress(MappingError):
        described(document[:begin] + document[begin + length :])
