"""What the shared HTTP session makes of lines that break, hang, or lead elsewhere."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from andon.connectors._access import Tls, tls_context
from andon.connectors._http import Http
from andon.core.errors import (
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    ThrottledError,
    UnavailableError,
)
from tests.contract.certificates import Authority

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def line(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncGenerator[str]:
    ends: list[asyncio.StreamWriter] = []

    async def kept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends.append(writer)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)

    server = await asyncio.start_server(kept, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{port}"
    finally:
        server.close()
        for end in ends:
            end.transport.abort()
            with contextlib.suppress(OSError):
                await end.wait_closed()


def saying(answer: bytes) -> Talk:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return talk


async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


def http(url: str, *, seconds: float = 5, tls: ssl.SSLContext | None = None) -> Http:
    return Http(url, headers={}, concurrency=1, timeout=timedelta(seconds=seconds), tls=tls)


@pytest.mark.parametrize(("method", "error"), [
    ("GET", UnavailableError), ("POST", OutcomeUnknownError), ("PUT", OutcomeUnknownError),
])  # fmt: skip
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf",
        b"HTTP/1.1 500 Oops\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n",
        b"no http at all\r\n\r\n",
    ],
)
async def test_a_line_that_breaks_leaves_only_effects_unknown(
    method: str, error: type[Exception], answer: bytes
) -> None:
    async with line(saying(answer)) as url, http(url) as session:
        with pytest.raises(error):
            await session.call(method, "/x")


@pytest.mark.parametrize(("method", "error"), [
    ("GET", UnavailableError), ("POST", OutcomeUnknownError),
])  # fmt: skip
async def test_no_answer_in_time_leaves_only_effects_unknown(
    method: str, error: type[Exception]
) -> None:
    async with line(hang) as url, http(url, seconds=0.3) as session:
        with pytest.raises(error):
            await session.call(method, "/x")


async def test_waiting_for_a_free_connection_had_no_effect() -> None:
    async with line(hang) as url, http(url, seconds=0.5) as session:
        outcomes = await asyncio.gather(
            session.call("POST", "/1"), session.call("POST", "/2"), return_exceptions=True
        )
    assert [type(one) for one in outcomes] == [OutcomeUnknownError, UnavailableError]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_taken_for_an_effect(status: int) -> None:
    answer = f"HTTP/1.1 {status} Moved\r\nlocation: /login\r\ncontent-length: 0\r\n\r\n".encode()
    async with line(saying(answer)) as url, http(url) as session:
        with pytest.raises(SettingsError, match="/login"):
            await session.call("POST", "/x")


async def test_a_pause_is_read_as_seconds_and_as_a_date() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    for said, least, most in (("7", 7, 7), (soon, 60, 90), ("soon", None, None)):
        answer = f"HTTP/1.1 429 No\r\nretry-after: {said}\r\ncontent-length: 0\r\n\r\n".encode()
        async with line(saying(answer)) as url, http(url) as session:
            with pytest.raises(ThrottledError) as raised:
                await session.call("POST", "/x")
        after = raised.value.after
        assert (after is None) == (least is None)
        assert after is None or (least or 0) <= after <= (most or 0)


async def test_an_answer_too_large_is_not_taken_into_memory() -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        for _ in range(100):
            if writer.transport.is_closing():
                break
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async with line(flood) as url, http(url, seconds=30) as session:
        with pytest.raises(UnavailableError, match="larger than"):
            await session.call("GET", "/x")


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


async def test_a_certificate_of_an_unknown_authority_is_said(tmp_path: Path) -> None:
    certificate, key = Authority(tmp_path).issue("erp")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(certificate, key)
    async with line(saying(OK), server) as url, http(url) as session:
        with pytest.raises(SettingsError, match="not trusted"):
            await session.call("POST", "/x")


async def test_both_sides_show_certificates(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.issue("erp")
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.ca)
    server.load_cert_chain(certificate, key)
    server.verify_mode = ssl.CERT_REQUIRED
    ours, secret = authority.issue("andon")
    known = Tls(ca=str(authority.ca), certificate=str(ours), key=str(secret))
    async with line(saying(OK), server) as url:
        async with http(url, tls=tls_context(known)) as session:
            assert await session.call("POST", "/x") == (200, b"{}")
        nameless = tls_context(Tls(ca=str(authority.ca)))
        async with http(url, tls=nameless) as session:
            with pytest.raises((UnavailableError, OutcomeUnknownError)):
                await session.call("POST", "/x")


@pytest.mark.parametrize("wrong", ["ca", "certificate", "key"])
def test_a_file_that_is_no_certificate_is_said(tmp_path: Path, wrong: str) -> None:
    authority = Authority(tmp_path)
    ours, secret = authority.issue("andon")
    files = {"ca": str(authority.ca), "certificate": str(ours), "key": str(secret)}
    (tmp_path / "odd.pem").write_text("no certificate")
    with pytest.raises(SettingsError, match="PEM"):
        tls_context(Tls(**{**files, wrong: str(tmp_path / "odd.pem")}))
    with pytest.raises(SettingsError, match="PEM"):
        tls_context(Tls(**{**files, wrong: str(tmp_path / "missing.pem")}))


async def test_a_refusal_is_no_outage() -> None:
    answer = b"HTTP/1.1 409 No\r\ncontent-length: 6\r\n\r\nclosed"
    async with line(saying(answer)) as url, http(url) as session:
        with pytest.raises(RejectedError, match="closed"):
            await session.call("POST", "/x")
