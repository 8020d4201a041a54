"""edi: ship notices of 43 segments read and orders written, beside pyx12, pydifact and rename.

Bare cuts segments and counts messages; the connector also checks and nests them, and makes items.
Bare writes an order by joining its segments, flushes it to the disk and renames it, as a script
does that sends again what it does not remember. The connector checks it first, claims its number,
and notes that it was sent and that its acknowledgment is awaited: one link with three names.
Opening the mailbox, which is done once, is not measured.
"""

__all__ = ["measure"]

import asyncio
import io
import itertools
import shutil
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from pydifact.control.characters import Characters
from pydifact.parser import Parser
from pydifact.tokenizer import Tokenizer
from pyx12.x12file import X12Reader

from andon.connectors.edi import Edi, EdiSettings, Partner
from andon.core.connector import Request
from bench.connectors import Figure, measured
from bench.connectors.filing import deliver, next_file

_MESSAGES = 1_000
_ORDERS = 300
_LINES = 12
_numbers = itertools.count(1)


async def measure() -> list[Figure]:
    """Reading and writing on this machine's disk. An item is one message."""
    home = Path(tempfile.mkdtemp(prefix="andon-bench-", dir="/tmp"))
    for name in ("in", "out", "bare"):
        (home / name).mkdir()
    try:
        settings = EdiSettings(
            folder=str(home),
            settle=timedelta(),
            poll_every=timedelta(milliseconds=20),
            partners={"acme": _partner("x12", "ACME"), "beta": _partner("edifact", "BETA")},
        )
        return [
            await _reading(settings, "read X12", _x12, _pyx12),
            await _reading(settings, "read EDIFACT", _edifact, _pydifact),
            await _writing(settings),
        ]
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _partner(standard: str, name: str) -> Partner:
    ids = {"qualifier": "ZZ", "id": name, "our_qualifier": "ZZ", "our_id": "ANDON"}
    return Partner(standard=standard, **ids, acknowledges="never")  # type: ignore[arg-type]


async def _reading(settings, direction, content, bare) -> Figure:  # type: ignore[no-untyped-def]
    async def work() -> int:
        number = next(_numbers)
        (Path(settings.folder) / "in" / f"{number}.edi").write_bytes(content(number))
        count = 0
        async with _opened(settings) as edi:
            items = edi.read("")
            async for item in items:
                count += item.kind in ("856", "DESADV")
                if item.kind == "edi.report":
                    await edi.committed(item.position or "")
                    break
            await items.aclose()  # type: ignore[attr-defined]
        for name in ("in", "archive", ".sent"):
            shutil.rmtree(Path(settings.folder) / name, ignore_errors=True)
        (Path(settings.folder) / "in").mkdir()
        assert count == _MESSAGES, count
        return count

    async def alone() -> int:
        return await asyncio.to_thread(bare, content(next(_numbers)).decode())

    return await measured("edi", direction, work=work, bare=alone)


def _pyx12(text: str) -> int:
    return sum(one.get_seg_id() == "ST" for one in X12Reader(io.StringIO(text)))


def _pydifact(text: str) -> int:
    tokens = Tokenizer().get_tokens(text, Characters())
    return sum(raw[0] == "UNH" for raw in Parser().convert_tokens_to_raw_segments(tokens))


async def _writing(settings: EdiSettings) -> Figure:
    segments = [["BEG", "00", "SA", "4711", "", "20251125"]]
    segments += [["PO1", str(n), "5", "EA", "1.5", "", "BP", f"P-{n}"] for n in range(_LINES)]
    request = Request(target="acme", body={"document": "850", "segments": segments})

    async def bare() -> int:
        for _ in range(_ORDERS):
            file = next_file(Path(settings.folder) / "bare", "edi")
            await asyncio.to_thread(_written, file, segments)
        return _ORDERS

    async with _opened(settings) as edi:

        async def work() -> int:
            for _ in range(_ORDERS):
                await edi.send(request, key=f"k{next(_numbers)}")
            return _ORDERS

        await edi.send(request, key="first")  # looks for the highest number, once
        return await measured("edi", "send", work=work, bare=bare)


def _written(file: Path, segments: list[list[str]]) -> None:
    envelope = _x12_envelope(1)
    deliver(file, "".join(f"{'*'.join(one)}~" for one in [*envelope, *segments]).encode())


@asynccontextmanager
async def _opened(settings: EdiSettings) -> AsyncGenerator[Edi]:
    edi = Edi("mail", settings)
    await edi.open()
    try:
        yield edi
    finally:
        await edi.close()


def _x12_envelope(number: int) -> list[list[str]]:
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'ACME':15}*ZZ*{'ANDON':15}*251125*1200*U*00401"
    group = f"GS*SH*ACME*ANDON*20251125*1200*{number}*X*004010"
    return [f"{isa}*{number:09}*0*P*>".split("*"), group.split("*")]


def _x12(number: int) -> bytes:
    lines = ["*".join(one) for one in _x12_envelope(number)]
    for m in range(1, _MESSAGES + 1):
        body = ["BSN*00*S-1*20251125*1200", "HL*1**S", "HL*2*1*O", "PRF*4711"]
        for n in range(3, _LINES + 3):
            body += [f"HL*{n}*2*I", f"LIN**BP*PUMP-{n}*LT*LOT-{n}", "SN1**5*EA"]
        body.append(f"CTT*{_LINES + 2}")
        lines += [f"ST*856*{m:04}", *body, f"SE*{len(body) + 2}*{m:04}"]
    lines += [f"GE*{_MESSAGES}*{number}", f"IEA*1*{number:09}"]
    return "".join(f"{line}~\n" for line in lines).encode()


def _edifact(number: int) -> bytes:
    lines = [f"UNB+UNOC:3+BETA:ZZ+ANDON:ZZ+251125:1200+{number}"]
    for m in range(1, _MESSAGES + 1):
        body = ["BGM+351+S-1+9", "DTM+137:20251125:102", "RFF+ON:4711", "CPS+1"]
        for n in range(1, _LINES + 1):
            body += [f"LIN+{n}++PUMP-{n}:IN", "QTY+12:5:PCE", f"PIA+1+LOT-{n}:NB"]
        body.append(f"CNT+2:{_LINES}")
        lines += [f"UNH+{m}+DESADV:D:96A:UN", *body, f"UNT+{len(body) + 2}+{m}"]
    lines.append(f"UNZ+{_MESSAGES}+{number}")
    return "".join(f"{line}'\n" for line in lines).encode()
