"""What is needed before the first connection: certificate, trust, browse."""

__all__ = ["main", "words_of"]

import argparse
import asyncio
import contextlib
import logging
import os
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from andon.connectors.opcua.browsing import found_below, settings_of
from andon.connectors.opcua.library import Client, ua
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.settings import OpcUaSettings, faults_of
from andon.connectors.opcua.trust import describe, first_of, made
from andon.core.connector import SecretStr
from andon.core.errors import AndonError, SettingsError


def words_of(arguments: list[str] | None = None) -> argparse.Namespace:
    """What was typed; ends the program where it means nothing."""
    parser = argparse.ArgumentParser(prog="python -m andon.connectors.opcua", description=__doc__)
    kinds = parser.add_subparsers(dest="verb", required=True)
    one = kinds.add_parser("certificate", help="makes our certificate and key")
    one.add_argument("folder", type=Path)
    one = kinds.add_parser("trust", help="fetches a server's certificate into a file")
    one.add_argument("url")
    one.add_argument("file", type=Path)
    one = kinds.add_parser("browse", help="prints settings for what a server offers")
    one.add_argument("url")
    one.add_argument("--below", default="", help="begin at this node id")
    one.add_argument("--only", default="", help="paths that hold this text")
    one.add_argument("--most", type=int, default=1_000, help="stop after so many")
    one.add_argument("--security", default="None", choices=["None", "Sign", "SignAndEncrypt"])
    one.add_argument("--policy", default="Basic256Sha256")
    for name in ("certificate", "key", "trusted", "username"):
        one.add_argument(f"--{name}", help="file" if name != "username" else None)
    one.add_argument("--password-from", metavar="NAME", help="environment variable")
    one.add_argument(
        "--readable-password", action="store_true", help="on a wire nobody else listens to"
    )
    return parser.parse_args(arguments)


async def _run(words: argparse.Namespace) -> None:
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # what goes wrong is said once, by us
    match words.verb:
        case "certificate":
            print(_certificate(words.folder))
        case "trust":
            print(await _trusted(words.url, words.file))
        case _:
            print(await _browsed(_settings(words), words), end="")


def _certificate(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    file, secret = folder / "andon.pem", folder / "andon.key"
    if file.exists() or secret.exists():
        raise SettingsError(f"{file} or {secret} is there already; servers may trust it. Kept.")
    host = socket.gethostname()
    certificate, key = made(f"urn:{host}:andon", host, datetime.now(UTC))
    descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(key)
    file.write_bytes(certificate)
    return f'certificate = "{file}"\nkey = {{ file = "{secret}" }}'


async def _trusted(url: str, file: Path) -> str:
    offered = await Client(url, timeout=10).connect_and_get_server_endpoints()
    theirs = next((one.ServerCertificate for one in offered if one.ServerCertificate), None)
    if theirs is None:
        raise SettingsError(f"{url} shows no certificate; it speaks without encryption only.")
    certificate = first_of(theirs)
    await asyncio.to_thread(file.write_bytes, certificate.public_bytes(Encoding.PEM))
    modes = {
        f'security = "{one.SecurityMode.name.rstrip("_")}",'
        f" policy {one.SecurityPolicyUri.rpartition('#')[2]}"
        for one in offered
    }
    return "\n".join([
        f'trusted = ["{file}"]', f"# {describe(certificate)}",
        "# Compare this with what the controller shows before you trust it. It offers:",
        *(f"#   {mode}" for mode in sorted(modes)),
    ])  # fmt: skip


def _settings(words: argparse.Namespace) -> OpcUaSettings:
    password = os.environ.get(words.password_from) if words.password_from else None
    return OpcUaSettings(
        url=words.url,
        security=words.security,
        policy=words.policy,
        certificate=words.certificate,
        key=SecretStr(Path(words.key).read_text()) if words.key else None,
        trusted=(words.trusted,) if words.trusted else (),
        username=words.username,
        password=SecretStr(password) if password else None,
        readable_password=words.readable_password,
        anonymous=words.username is None,
    )


async def _browsed(settings: OpcUaSettings, words: argparse.Namespace) -> str:
    if faults := faults_of(settings):
        raise SettingsError(f"{words.url} cannot be browsed", faults)
    session = Session(words.url, settings)
    await session.open()
    try:
        found = [
            one
            async for one in found_below(session, words.below, words.most)
            if words.only in one.path
        ]
    finally:
        await session.close()
    return settings_of("machine", words.url, found)


def main(arguments: list[str] | None = None) -> int:
    """0 when it was done; what stands in the way is said on stderr."""
    try:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_run(words_of(arguments)))
    except (AndonError, OSError, ua.UaError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
