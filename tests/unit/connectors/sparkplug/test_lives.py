"""Births, deaths, sequence: what a host must notice, and what it must not fall for."""

from andon.connectors.sparkplug.mapping import Reading
from andon.connectors.sparkplug.said import Ask, Life
from tests.unit.connectors.sparkplug.plant import LINE, NODE, NOON, Wired


def test_a_birth_tells_what_holds_and_a_rebirth_tells_nothing_new() -> None:
    plant = Wired()
    plant.node.connect()
    assert plant.values("State") == [3]
    plant.node.connect()
    assert plant.values("State") == []


def test_a_death_makes_every_metric_stale_and_a_birth_makes_it_live_again() -> None:
    plant = Wired()
    plant.node.connect()
    first = plant.items()
    plant.node.die()
    assert plant.values("State") == [("stale", 3)]
    plant.waits(1)
    plant.node.connect()
    again = plant.items()
    readings = [item.read(Reading) for item in again if item.kind == "state"]
    assert [(one.value, one.returned) for one in readings] == [(3, True), (1, True)]
    keys = [item.key for item in [*first, *again]]
    assert len(keys) == len(set(keys)), "and is news, or the log would not take it"


def test_births_and_deaths_of_nodes_and_devices_are_told_once() -> None:
    plant = Wired()
    plant.node.connect()
    node, one, two = "Plant1/edge1", "Plant1/edge1/line1", "Plant1/edge1/line2"
    assert plant.lives() == [(node, "born"), (one, "born"), (two, "born")]
    plant.node.drop("line1")
    plant.node.revive("line1")
    assert plant.lives() == [(one, "dead"), (one, "born")]
    plant.node.die()
    plant.node.die()
    assert plant.lives() == [(node, "dead"), (one, "dead"), (two, "dead")]


def test_a_will_of_an_earlier_session_is_answered_by_a_birth_and_kills_nothing() -> None:
    plant = Wired()
    plant.node.connect()
    plant.node.connect()
    plant.said.clear()
    plant.node.die(session=0)
    assert plant.said == [Ask(NODE)]
    plant.waits(10)
    assert plant.values("State") == []
    assert plant.host.lives == {str(NODE): True, str(LINE): True, f"{NODE}/line2": True}


def test_a_death_with_a_wrong_session_counts_when_nobody_answers() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    plant.node.answers = False
    plant.node.die(session=7)  # as pysparkplug does when it leaves
    assert plant.values("State") == []
    plant.waits(6)
    assert [one.what for one in plant.said if isinstance(one, Life)] == ["silent"] * 3
    assert plant.values("State") == [("stale", 3)]


def test_a_lost_message_is_a_gap_and_asks_for_a_birth() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    plant.node.skip()
    plant.node.report("line1", {"State": 2})
    assert plant.said == []
    plant.waits(1.9)
    assert plant.said == []
    plant.waits(0.2)
    assert [type(one).__name__ for one in plant.said[:2]] == ["Life", "Ask"]
    assert plant.node.rebirths == 1
    assert plant.values("State") == [2], "the birth says what was missed"
    plant.node.report("line1", {"State": 4})
    assert plant.values("State") == [4]


def test_messages_out_of_order_are_put_in_order() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    late = [plant.node.message("line1", {"State": n}) for n in (5, 6, 7, 8)]
    for n in (2, 1, 3, 0):
        plant.hears(*late[n])
    assert plant.values("State") == [5, 6, 7, 8]
    plant.waits(3)
    assert plant.node.rebirths == 0


def test_a_node_that_cannot_count_is_not_asked_all_the_time() -> None:
    plant = Wired()
    plant.node.connect()
    for n in range(600):
        plant.node.skip()
        plant.node.report("line1", {"State": n})
        plant.waits(0.5)
    assert 3 < plant.node.rebirths < 15


def test_data_before_any_birth_asks_for_it() -> None:
    plant = Wired()
    plant.holding = True
    plant.node.connect()
    plant.holding = False
    plant.node.report("line1", {"State": 2})
    assert plant.said[0] == Ask(NODE)
    assert plant.values("State") == [2]


def test_an_alias_that_no_birth_names_asks_for_a_birth_and_stops_nothing() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    state = plant.node.message("line1", {"State": 2, "GoodCount": 5})
    del plant.host.device(LINE).metrics["State"]  # pyright: ignore[reportOptionalMemberAccess]
    plant.host.device(LINE)._aliases.pop(0)  # pyright: ignore[reportOptionalMemberAccess, reportPrivateUsage]
    plant.hears(*state)
    assert Ask(NODE) in plant.said
    said = {one.metric: one.value for one in plant.readings()}
    assert said == {"GoodCount": 5, "State": 2}


def test_a_device_that_its_node_does_not_bring_back_is_gone() -> None:
    plant = Wired()
    plant.node.connect()
    del plant.node.devices["line1"]
    plant.said.clear()
    plant.node.connect()
    plant.waits(4)
    assert plant.values("State") == []
    plant.waits(2)
    assert plant.values("State") == [("stale", 3)]
    assert plant.host.lives[str(LINE)] is False


def test_after_a_restart_everybody_known_is_asked_and_the_silent_are_told() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    known = {NODE: True, LINE: True}
    host = plant.another()
    plant.takes(host.begin(plant.moment, known=known, nodes=()))
    assert plant.values("State") == [3]
    plant.node.vanish()
    host = plant.another()
    plant.takes(host.begin(plant.moment, known=known, nodes=()))
    plant.waits(6)
    assert plant.lives() == [(str(NODE), "silent"), (str(LINE), "silent")]


def test_who_died_before_a_restart_comes_back_as_news() -> None:
    plant = Wired()
    plant.node.connect()
    first = {item.key for item in plant.items()}
    host = plant.another()
    plant.takes(host.begin(plant.moment, known={NODE: False, LINE: False}, nodes=()))
    again = [item for item in plant.items() if item.kind == "state"]
    assert again[0].key not in first
    assert again[0].read(Reading).returned
    host = plant.another()
    plant.takes(host.begin(plant.moment, known={NODE: True, LINE: True}, nodes=()))
    alive = [item for item in plant.items() if item.kind == "state"]
    assert alive[0].key in first, "who lived all the time says nothing new"


def test_dropped_messages_of_ours_put_every_node_in_doubt() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    plant.node.answers = False
    plant.node.vanish()
    plant.takes(plant.host.doubt(plant.moment))
    assert plant.lives() == [(str(NODE), "gap")]
    plant.waits(6)
    assert plant.lives() == [(str(one), "silent") for one in (NODE, LINE, f"{NODE}/line2")]


def test_a_clock_that_stands_still_loses_no_change() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    for value in (1, 2, 1, 2):
        plant.now += 0.001
        plant.node.report("line1", {"State": value}, at=NOON)
    keys = [item.key for item in plant.items()]
    assert len(keys) == len(set(keys)) == 4


def test_a_clock_before_2000_or_far_ahead_is_not_believed() -> None:
    plant = Wired()
    plant.node.connect()
    plant.said.clear()
    for n, at in enumerate((1, NOON * 2)):
        plant.node.report("line1", {"State": 10 + n}, at=at)
    moments = [reading.at.timestamp() * 1000 for reading in plant.readings("State")]
    assert all(abs(at - NOON) < 1000 for at in moments)
