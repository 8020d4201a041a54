"""Who we are at an SFTP server, and how we know that it is the right one."""

__all__ = ["Login", "said"]

import logging
from typing import Any

import asyncssh
import msgspec

from andon.core.connector import SecretStr
from andon.core.errors import CredentialsError, SettingsError


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """One account at one server. Nothing of the account that runs Andon is used."""

    host: str
    port: int
    user: str
    known_hosts: str
    password: SecretStr | None = None
    key: SecretStr | None = None
    passphrase: SecretStr | None = None

    @property
    def address(self) -> str:
        """Host and port, as messages name them."""
        return f"{self.host}:{self.port}"

    async def session(self, name: str) -> asyncssh.SSHClientConnection:
        """Logs in. Raises SettingsError for an unknown server, CredentialsError when refused."""
        try:
            # a dozen lines of each session; what matters of it we say ourselves
            logging.getLogger("asyncssh").setLevel(logging.WARNING)
            return await asyncssh.connect(**self._access())
        except asyncssh.HostKeyNotVerifiable as error:
            raise SettingsError(
                f"{name}: {self.address} does not show a key that `known_hosts` has. Nothing was"
                " sent, no password either. Ask its operator for the key, and write it there."
            ) from error
        except asyncssh.PermissionDenied as error:
            raise CredentialsError(
                f"{name}: {self.address} does not let {self.user} in: {said(error)}."
                " Check user, password and key."
            ) from error

    def _access(self) -> dict[str, Any]:
        keys: list[Any] = []
        if self.key is not None:
            phrase = self.passphrase.reveal() if self.passphrase else None
            keys = [asyncssh.import_private_key(self.key.reveal(), phrase)]
        return {
            "host": self.host,
            "port": self.port,
            "username": self.user,
            "password": self.password.reveal() if self.password else None,
            "client_keys": keys,
            "known_hosts": asyncssh.import_known_hosts(self.known_hosts),
            "agent_path": None,
            "config": None,
            "keepalive_interval": 15,
        }


def said(error: BaseException) -> str:
    """An error in its own words, or by its name where it has none."""
    return str(error) or type(error).__name__
