"""The session of a broker of a plant: who vouches for it, and what it is no longer asked for."""

__all__ = ["PlantSession"]

import ssl
import traceback
from collections.abc import Sequence
from urllib.parse import urlsplit

import aiomqtt

from andon.connectors._mqtt import Session
from andon.core.errors import AndonError, SettingsError, UnavailableError


class PlantSession(Session):
    """A certificate nobody vouches for pauses the connection: no waiting mends it."""

    async def unsubscribe(self, topics: Sequence[str]) -> None:
        """The broker keeps subscriptions as long as the session; these are over, if there were
        any. What it already holds of them still comes."""
        if self._client is None:
            raise UnavailableError(f"{self._name} is not connected")
        try:
            await self._client.unsubscribe(list(topics))
        except aiomqtt.MqttError as error:
            raise self._named(error) from error

    def _named(self, error: aiomqtt.MqttError) -> AndonError:
        # The library raises `from None`; what it met is only the context.
        met = error.__context__
        _close_sockets_of(met)
        match met:
            case ssl.SSLCertVerificationError():
                host = urlsplit(self._settings.url).hostname
                return SettingsError(
                    f"{self._name}: {host} shows a certificate nobody vouches for"
                    f" ({met.verify_message}). Nothing was said to it. Correct ca_file or url, then"
                    " resume."
                )
            case _:
                return super()._named(error)


def _close_sockets_of(met: BaseException | None) -> None:
    """paho leaves the socket of a handshake that failed open; only the trace still knows it."""
    if met is None:
        return
    for frame, _ in traceback.walk_tb(met.__traceback__):
        for local in list(frame.f_locals.values()):
            if isinstance(local, ssl.SSLSocket):
                local.close()
