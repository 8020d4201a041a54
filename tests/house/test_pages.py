"""What a page shows, works."""

import re
from typing import Any

import pytest

from tests.house.tree import ROOT

CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ["CONTRIBUTING.md"]


def shown(page: str) -> list[str]:
    """The Python on a page, block by block."""
    return CODE.findall((ROOT / page).read_text())


@pytest.mark.parametrize("page", PAGES)
def test_the_python_on_a_page_runs(page: str) -> None:
    blocks = shown(page)
    assert blocks, f"{page} shows no Python"
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"{page}, block {number}", "exec"), {"__name__": page})


def test_the_mapping_shown_for_a_connector_reads_an_order() -> None:
    scope: dict[str, Any] = {"__name__": "page"}
    exec(shown("CONTRIBUTING.md")[0], scope)
    item = scope["Item"](
        kind="order", key="1", raw=b'{"code":"A","product":"P","pieces":"5","state":"open"}'
    )
    (event,) = scope["production_order"].reads(item, None)
    assert (event.order_id, str(event.planned)) == ("A", "5 pcs")
