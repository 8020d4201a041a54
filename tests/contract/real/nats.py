"""nats-server with TLS and an nkey, with a credentials file, and with a work queue and a token."""

__all__ = ["COUNTERPARTS", "NatsCredentials", "NatsQueue", "NatsTls"]

import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from nats.js.api import RetentionPolicy, StreamConfig

from andon.connectors.nats.nkeys import signer_of_credentials
from andon.connectors.nats.simulator import NatsServer, Server
from andon.core.secret import SecretStr
from tests.contract.certificates import Certificates
from tests.contract.nats_keys import Key, credentials, jwt


class NatsTls(Server):
    """We prove by a signature who we are; the plant comes with a password."""

    name = "nats-tls"
    scheme: ClassVar[str] = "tls"

    def __init__(self) -> None:
        super().__init__()
        self._key = Key.made("U")

    def configuration(self, folder: Path) -> str:
        """Everybody speaks TLS."""
        made = Certificates(folder)
        self.authority = str(made.authority)
        return (
            f'jetstream {{ store_dir: "{folder}" }}\n'
            f'tls {{ cert_file: "{made.server}", key_file: "{made.server_key}" }}\n'
            "authorization { users = [\n"
            "  { user: plant, password: plant-secret }\n"
            f"  {{ nkey: {self._key.public} }}\n"
            "] }\n"
        )

    def plant_access(self) -> dict[str, Any]:
        """Trusting the same authority."""
        return {**super().plant_access(), "tls": ssl.create_default_context(cafile=self.authority)}

    def access(self) -> dict[str, Any]:
        """A seed, which never leaves."""
        trust = {"tls": {"ca": self.authority}} if self._folder else {}
        return {"nkey": self._key.seed, **trust}

    def wrong_access(self) -> dict[str, Any]:
        """A key nobody knows."""
        return {**self.settings(), "nkey": Key.made("U").seed}


class NatsQueue(NatsServer):
    """A work queue keeps a message until it is acknowledged, and nothing after that."""

    name = "nats-queue"

    def streams(self) -> Sequence[StreamConfig]:
        """Each state is read by one reader."""
        queue = RetentionPolicy.WORK_QUEUE
        return (
            StreamConfig(name="MACHINES", subjects=["acme.*.*.state"], retention=queue),
            StreamConfig(name="SETPOINTS", subjects=["acme.*.*.set"]),
        )


class NatsCredentials(Server):
    """An operator vouches for an account, the account for us: `.creds` files."""

    name = "nats-credentials"

    def __init__(self) -> None:
        super().__init__()
        self._account, self._operator = Key.made("A"), Key.made("O")

    def configuration(self, folder: Path) -> str:
        """The account is known beforehand; one of its users is Andon, one the plant."""
        lets = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
        limits = {"subs": -1, "conn": -1, "leaf": -1, "imports": -1, "exports": -1, "data": -1,
                  "payload": -1, "wildcards": True, **lets}  # fmt: skip
        operator = jwt(self._operator, self._operator, "operator", {})
        account = jwt(self._account, self._operator, "account", {"limits": limits})
        servers = Key.made("A")
        own = jwt(
            servers, self._operator, "account", {"limits": {**limits, **dict.fromkeys(lets, 0)}}
        )
        return (
            f'jetstream {{ store_dir: "{folder}" }}\n'
            f"operator: {operator}\n"
            "resolver: MEMORY\n"
            f"system_account: {servers.public}\n"
            "resolver_preload: {\n"
            f"  {self._account.public}: {account}\n"
            f"  {servers.public}: {own}\n"
            "}\n"
        )

    def access(self) -> dict[str, Any]:
        """The text of a file."""
        return {"credentials": credentials(self._account)}

    def plant_access(self) -> dict[str, Any]:
        """Another user of the same account."""
        signer = signer_of_credentials(SecretStr(credentials(self._account)))
        return {"signature_cb": signer.sign, "user_jwt_cb": lambda: bytearray(signer.jwt.encode())}

    def wrong_access(self) -> dict[str, Any]:
        """Signed by an account nobody knows."""
        return {**self.settings(), "credentials": credentials(Key.made("A"))}


COUNTERPARTS = (NatsTls, NatsQueue, NatsCredentials)
