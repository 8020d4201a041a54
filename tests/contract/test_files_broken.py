"""Files that are hostile, truncated or too large: an exception each, and the next goes on."""

import asyncio
import os
import resource
from typing import Any

import pytest

from andon.connectors._folders.mapping import noted
from andon.connectors.files.simulator import Exchanged
from tests.contract.exchange import (
    KNOWN,
    ROWS,
    big,
    faults,
    findings,
    first_names,
    following,
    gzipped,
    inside,
    opened,
    orders,
    said,
    some,
    zipped,
)

BROKEN: list[tuple[str, bytes, dict[str, Any], str]] = [
    ("a.csv", b"\xff\xfea\0", {}, "utf-16 by its first bytes, not utf-8"),
    ("a.csv", b"order,order\r\n1,2\r\n", {}, "names order twice"),
    ("a.csv", b"a\xff,b\r\n", {}, "the header row cannot be read: the byte 0xff"),
    ("a.csv.gz", b"no gzip at all", {}, "cannot be unpacked"),
    ("a.csv.gz", gzipped(ROWS)[:-9], {}, "cannot be unpacked"),
    ("a.zip", b"PK\x03\x04 broken", {}, "cannot be unpacked"),
    ("a.zip", zipped(ROWS)[:-6] + b"\xff\xff\0\0\0\0", {}, "cannot be unpacked"),
    ("a.zip", zipped(ROWS).replace(b"a.csv", b"\0.csv"), {}, "cannot be unpacked"),
    ("a.zip", zipped(ROWS, "a.csv", "../../b.csv"), {}, "it holds 2 files, not one"),
    ("a.zip", zipped(b"0" * 30_000_000), {"most_bytes": 1_000_000}, "unpacks to more than"),
    ("a.csv.gz", gzipped(b"0" * 30_000_000), {"most_bytes": 1_000_000}, "unpacks to more"),
    ("a.csv", ROWS, {"most_bytes": 10}, "`most_bytes` allows 10"),
    ("a.csv", ROWS, {"format": {"is": "csv", "trailer": {"first": "T"}}}, "it is truncated"),
    ("a.csv", ROWS + b"T,4\r\n", {"format": {"is": "csv", "trailer": {"first": "T"}}},
     "line 5 says 4 rows, the file has 3 rows"),
    ("a.csv", b"order,good\r\nT,0\r\n1,1\r\n", {"format": {"is": "csv", "trailer": {"first": "T"}}},
     "line 2 begins with 'T', not the end"),
    ("a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", {"format": {"is": "xml"}}, "DOCTYPE"),
    ("a.xml", b"<a><b></a>", {"format": {"is": "xml"}}, "line 1"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "more", "reason"), BROKEN)
async def test_a_file_that_cannot_be_read_is_rejected_with_its_reason_and_the_next_goes_on(
    folder: Exchanged, name: str, content: bytes, more: dict[str, Any], reason: str
) -> None:
    folder.rename_in(name, content)
    async with following(folder, **more) as follower:
        assert await follower.until(lambda: len(inside(folder, "rejected")) == 2)
        rejected, beside = inside(folder, "rejected")
        folder.rename_in("z.csv", b"\xff\xfe")
        assert await follower.until(lambda: len(follower.items) == 2)
    text = faults(follower.items)[0]
    assert reason in text
    assert (folder.root / "rejected" / rejected).read_bytes() == content
    assert reason in (folder.root / "rejected" / beside).read_text()
    assert beside == f"{rejected}.reason.txt"


async def test_a_trailer_that_agrees_is_no_row(folder: Exchanged) -> None:
    folder.rename_in("a.csv", ROWS + b"T,3\r\n")
    async with following(folder, format={"is": "csv", "trailer": {"first": "T"}}) as follower:
        assert await follower.until(lambda: len(inside(folder, "archive")) == 1)
    assert orders(follower.items) == ["1001", "1002", "1003"]


async def test_packed_files_are_read_like_others(folder: Exchanged) -> None:
    folder.rename_in("a.csv.gz", gzipped(ROWS))
    folder.rename_in("b.zip", zipped(ROWS.replace(b"100", b"200")))
    async with opened(folder) as files:
        assert orders(await some(files, 6)) == ["1001", "1002", "1003", "2001", "2002", "2003"]


async def test_a_gigabyte_without_a_line_end_costs_neither_memory_nor_the_next_file(
    folder: Exchanged,
) -> None:
    big(folder.root / "in" / "a.csv", 1 << 30, b"order,good\r\n")
    folder.rename_in("b.csv", ROWS)
    before = _peak()
    async with following(folder) as follower:
        assert await follower.until(lambda: len(orders(follower.items)) == 3, within=60)
        assert await follower.until(lambda: first_names(folder, "archive") == ["b"])
        assert await follower.until(lambda: len(inside(folder, "rejected")) == 2)
    assert _peak() - before < 100_000
    (text,) = faults(follower.items)
    assert "row 1 of a.csv: the line is longer than 1000000" in text
    fault = next(item for item in follower.items if item.kind == "file.fault")
    assert len(fault.raw) < 1000
    assert said(fault)["digest"][:12] in inside(folder, "rejected")[0]


def _peak() -> int:
    """The most memory this program ever held, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


async def test_an_empty_file_is_told_and_archived(drop: Exchanged) -> None:
    drop.rename_in("a.csv", b"")
    async with following(drop) as follower:
        assert await follower.until(lambda: first_names(drop, "archive") == ["a"])
    (item,) = follower.items
    (finding,) = list(noted.reads(item, KNOWN))
    assert getattr(finding, "code", "") == "empty-file"


async def test_links_and_names_that_lead_out_are_left_where_they_are(folder: Exchanged) -> None:
    secret = folder.root.parent / "secret.csv"
    secret.write_bytes(ROWS)
    (folder.root / "in" / "link.csv").symlink_to(secret)
    (folder.root / "in" / "odd\nname.csv").write_bytes(ROWS)
    os.mkfifo(folder.root / "in" / "pipe.csv")
    async with following(folder) as follower:
        assert await follower.until(lambda: len(follower.items) == 3)
        await asyncio.sleep(0.1)
    assert sorted(findings(follower.items)) == ["not-a-file", "not-a-file", "unsafe-name"]
    assert (folder.root / "in" / "link.csv").is_symlink()
    assert secret.read_bytes() == ROWS
