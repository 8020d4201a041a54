"""Whom a machine lets in, and which machine we trust. In a process of its own, encrypted."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from andon.connectors.opcua import OpcUa
from andon.core.errors import AndonError, CredentialsError, SettingsError, UnavailableError
from andon.testing.conformance.trial import settings_of
from tests.contract.real.opcua import PASSWORD, SecuredServer

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.real]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server() -> AsyncIterator[SecuredServer]:
    machine = SecuredServer()
    await machine.start()
    await machine.say(1)
    yield machine
    await machine.stop()


async def read(server: SecuredServer, **other: Any) -> str:
    """The kind of the first item, with these settings instead."""
    table = {**server.settings(), **other}
    table = {key: value for key, value in table.items() if value is not None}
    connector = OpcUa("press", settings_of(OpcUa, table))
    await connector.open()
    items: Any = connector.read("")
    try:
        return (await anext(items)).kind
    finally:
        await items.aclose()
        await connector.close()


async def refused(server: SecuredServer, kind: type[AndonError], **other: Any) -> str:
    with pytest.raises(kind) as caught:
        await read(server, **other)
    said = str(caught.value)
    assert PASSWORD not in said
    assert "PRIVATE KEY" not in said
    return said


@pytest.mark.parametrize("security", ["Sign", "SignAndEncrypt"])
@pytest.mark.parametrize(
    "policy", ["Basic256Sha256", "Aes128_Sha256_RsaOaep", "Aes256_Sha256_RsaPss"]
)
async def test_every_policy_is_spoken(server: SecuredServer, policy: str, security: str) -> None:
    assert await read(server, policy=policy, security=security) == "machine.state"


async def test_a_user_is_known_by_a_certificate(server: SecuredServer) -> None:
    user = {"user_certificate": str(server.folder / "user.pem")}
    key = (server.folder / "user.key").read_text()
    nobody = {"username": None, "password": None}
    assert await read(server, **nobody, **user, user_key=key) == "machine.state"
    other = (server.folder / "stranger.key").read_text()
    said = await refused(server, CredentialsError, **nobody, **user, user_key=other)
    assert "user.pem" in said


async def test_who_comes_without_a_name_is_not_let_in(server: SecuredServer) -> None:
    nobody = {"username": None, "password": None, "anonymous": True}
    said = await refused(server, CredentialsError, **nobody)
    assert "anyone without a name" in said


async def test_an_unknown_machine_is_refused_with_what_to_do_next(server: SecuredServer) -> None:
    said = await refused(server, SettingsError, trusted=[str(server.folder / "stranger.pem")])
    assert "not among the trusted ones" in said
    assert "SHA-256 " in said
    assert f"trust {server.settings()['url']} FILE" in said


async def test_a_machine_that_does_not_trust_us_says_what_to_do_there(
    server: SecuredServer,
) -> None:
    stranger = {
        "certificate": str(server.folder / "stranger.pem"),
        "key": (server.folder / "stranger.key").read_text(),
    }
    said = await refused(server, CredentialsError, **stranger)
    assert "move it from the rejected to the trusted ones" in said


async def test_a_key_of_another_certificate_is_named(server: SecuredServer) -> None:
    other = (server.folder / "stranger.key").read_text()
    assert "key: is not the key" in await refused(server, SettingsError, key=other)
    assert "key: is no private key" in await refused(server, SettingsError, key="nonsense")


async def test_files_that_are_no_certificates_are_all_named(server: SecuredServer) -> None:
    wrong = {"certificate": "/nowhere.pem", "trusted": [str(server.folder / "password")]}
    said = await refused(server, SettingsError, **wrong)
    assert "certificate: /nowhere.pem cannot be read" in said
    assert "trusted.0" in said


async def test_nothing_is_said_to_a_machine_that_wants_encryption(server: SecuredServer) -> None:
    plain = {"security": "None", "readable_password": True}
    with pytest.raises((SettingsError, UnavailableError, CredentialsError)):
        await read(server, **plain)
