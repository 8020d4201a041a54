"""The README names every kind of system there is, and none that is not."""

import re
import tomllib

from tests.house.tree import ROOT


def test_the_table_of_kinds_is_the_list_of_entry_points() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    table = re.search(
        r"\| family \| kinds \|\n(.*?)\n\n", (ROOT / "README.md").read_text(), re.DOTALL
    )
    assert table is not None
    assert sorted(re.findall(r"`(\w+)`", table[1])) == sorted(declared["andon.connectors"])
