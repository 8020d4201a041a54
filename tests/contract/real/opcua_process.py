"""A server of asyncua as it comes, in a process of its own, with encryption and users.

It is told what to do by JSON lines: `python -m tests.contract.real.opcua_process FOLDER PORT`. It
takes seconds to make a server and none to fork one that is made: a killed one is soon replaced.
"""

import asyncio
import json
import logging
import os
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from asyncua import ua as _ua
from asyncua.common.callback import CallbackType
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.history import HistoryDict
from asyncua.server.server import Server
from asyncua.server.user_managers import UserManager
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

ua = cast("Any", _ua)
POLICIES = [
    f"{policy}_{mode}"
    for policy in ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
    for mode in ("Sign", "SignAndEncrypt")
]


class People(UserManager):
    """One by password, one by certificate."""

    def __init__(self, folder: Path) -> None:
        self._password = (folder / "password").read_text()
        user = x509.load_pem_x509_certificate((folder / "user.pem").read_bytes())
        self._user = user.public_bytes(Encoding.DER)

    def get_user(
        self, iserver: Any, username: Any = None, password: Any = None, certificate: Any = None
    ) -> User | None:
        del iserver
        by_name = (username, password) == ("andon", self._password)
        by_certificate = username is None and certificate == self._user
        return User(role=UserRole.User, name="andon") if by_name or by_certificate else None


class Press:
    """A state with a history, an order that can be written."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._url = f"opc.tcp://127.0.0.1:{port}/"
        self._memory: Any = HistoryDict()
        self._losing = False
        self._server: Any = None

    async def make(self) -> None:
        """Everything that takes long; nothing runs yet."""
        server: Any = Server(user_manager=People(self._folder))
        await server.init()
        server.set_endpoint(self._url)
        await server.set_application_uri("urn:acme:press")
        server.set_security_policy([getattr(ua.SecurityPolicyType, one) for one in POLICIES])
        server.set_identity_tokens([ua.UserNameIdentityToken, ua.X509IdentityToken])
        await server.load_certificate(self._folder / "server.pem")
        await server.load_private_key(self._folder / "server.key", format="pem")
        server.set_certificate_validator(self._validate)
        index = await server.register_namespace("http://acme.example/press")
        press = await server.nodes.objects.add_object(ua.NodeId("press", index), "press")
        self._state = await press.add_variable(ua.NodeId("state", index), "state", "")
        order = await press.add_variable(ua.NodeId("order", index), "order", "")
        await order.set_writable()
        server.iserver.history_manager.set_storage(self._memory)
        server.subscribe_server_callback(CallbackType.PostWrite, self._took)
        self._server = server

    async def run(self, orders: int) -> None:
        """Serves until it is killed or nobody gives orders any more."""
        await self._server.historize_node_data_change(self._state, period=None, count=5_000)
        await self._server.start()
        lines = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(lines), os.fdopen(orders)
        )
        say(done=True)
        while line := await lines.readline():
            await self._told(json.loads(line))

    async def _told(self, words: dict[str, Any]) -> None:
        at = datetime.now(UTC)
        for name in words.get("states", ()):
            value = ua.Variant(name, ua.VariantType.String)
            read = ua.DataValue(value, SourceTimestamp=at, ServerTimestamp=at)
            await self._state.write_value(read)
        self._losing = words.get("lose", self._losing)
        say(done=True)

    async def _validate(self, certificate: x509.Certificate, _: Any) -> None:
        trusted = x509.load_pem_x509_certificate((self._folder / "andon.pem").read_bytes())
        if certificate != trusted:
            raise ServiceError(ua.StatusCodes.BadCertificateUntrusted)

    def _took(self, event: Any, _: Any = None) -> None:
        for one in event.request_params.NodesToWrite:
            if event.is_external and one.NodeId.Identifier == "order":
                say(effect=one.Value.Value.Value)
                if self._losing:
                    self._losing = False
                    for transport in list(self._server.iserver.asyncio_transports):
                        transport.abort()


def say(**words: Any) -> None:
    """One line to whoever started this."""
    print(json.dumps(words), flush=True)


def attend(press: Press) -> None:
    """`start` forks a server, `kill` kills it, the rest is for it."""
    child, to_child = 0, 0
    while True:
        line = sys.stdin.readline()
        if line == "start\n":
            orders, to_child = os.pipe()
            child = os.fork()
            if not child:
                os.close(to_child)
                asyncio.run(press.run(orders))
                return
            os.close(orders)
        elif line in ("kill\n", ""):
            if child:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                os.close(to_child)
            child = 0
            if not line:
                return
            say(done=True)
        elif child:
            os.write(to_child, line.encode())
        else:
            say(done=True)


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)
    made = Press(Path(sys.argv[1]), int(sys.argv[2]))
    asyncio.run(made.make())
    say(done=True)
    attend(made)
