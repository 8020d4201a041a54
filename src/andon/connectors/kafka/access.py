"""Getting in: what the library is told, and who has to act when nobody lets us in."""

__all__ = ["client_words", "knock", "quiet", "said_of", "stopped"]

import asyncio
import logging
import ssl
from collections.abc import Mapping
from typing import Any

from andon.connectors._access import tls_context
from andon.connectors.kafka.library import connected, errors
from andon.connectors.kafka.settings import KafkaSettings
from andon.core.errors import (
    AndonError,
    CredentialsError,
    OutcomeUnknownError,
    RejectedError,
    SettingsError,
    UnavailableError,
)

_NOT_LET_IN = (
    errors.SaslAuthenticationFailed,
    errors.UnsupportedSaslMechanismError,
    errors.IllegalSaslStateError,
    errors.AuthenticationFailedError,
    errors.AuthenticationMethodNotSupported,
)
_REFUSED = (
    errors.MessageSizeTooLargeError,
    errors.RecordListTooLargeError,
    errors.InvalidTopicError,
    errors.InvalidTimestampError,
    errors.TopicAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
    errors.UnknownTopicOrPartitionError,
    errors.PolicyViolationError,
    errors.UnsupportedForMessageFormatError,
)
"""Answers to a produce request after which nothing was appended."""


def quiet() -> None:
    """The library writes requests to its debug log, passwords included, and each retry as an error;
    what matters of it we say ourselves."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)


def client_words(name: str, settings: KafkaSettings) -> Mapping[str, Any]:
    """How every client of the library comes in. Raises SettingsError."""
    context = tls_context(settings.tls) if settings.encrypted else None
    if settings.encrypted and context is None:
        context = ssl.create_default_context()
    words: dict[str, Any] = {
        "bootstrap_servers": list(settings.servers),
        "client_id": f"andon-{name}",
        "request_timeout_ms": max(int(settings.timeout.total_seconds() * 1000), 1),
        "security_protocol": ("SASL_" if settings.sasl else "")
        + ("SSL" if settings.encrypted else "PLAINTEXT"),
        "ssl_context": context,
    }
    if settings.sasl is not None:
        words |= {
            "sasl_mechanism": settings.sasl.mechanism,
            "sasl_plain_username": settings.sasl.username,
            "sasl_plain_password": settings.sasl.password.reveal(),
        }
    return words


async def knock(name: str, settings: KafkaSettings, words: Mapping[str, Any]) -> None:
    """One connection to whichever broker answers first, to learn what the library only logs.
    Raises UnavailableError, CredentialsError or SettingsError."""
    trouble: list[str] = []
    told = {word: value for word, value in words.items() if word != "bootstrap_servers"}
    for server in settings.servers:
        host, _, port = server.rpartition(":")
        try:
            async with asyncio.timeout(settings.timeout.total_seconds()):
                door = await connected(host.strip("[]"), int(port), **told)
        except _NOT_LET_IN as error:
            raise CredentialsError(
                f"{name}: {server} does not let us in ({_text(error)}). Check username, password"
                " and mechanism, then resume."
            ) from None  # the cause may hold what we sent
        except ssl.SSLError as error:
            raise SettingsError(
                f"{name}: {server} and we cannot agree on TLS: {error.reason or error}. Check"
                " `encrypted` and the certificates below `tls`."
            ) from error
        except (OSError, TimeoutError, errors.KafkaError) as error:
            trouble.append(f"{server} {_text(error)}")
            continue
        closing = door.close()
        if closing is not None:
            await closing
        return
    raise UnavailableError(f"{name}: no broker answers: {'; '.join(trouble)}")


async def stopped(consumer: Any) -> None:
    """Leaves nothing open. The library may raise the cancellation of a task of its own, which must
    not be taken for ours, and would leave its sockets behind."""
    stopping = asyncio.ensure_future(consumer.stop())
    await asyncio.wait({stopping}, timeout=0.5)
    if stopping.done() and not stopping.cancelled() and stopping.exception() is None:
        return
    stopping.cancel()
    await asyncio.wait({stopping, asyncio.ensure_future(consumer._client.close())}, timeout=0.3)


def said_of(name: str, error: Exception, *, doing: str) -> AndonError:
    """What the library or a broker said while we were `doing`, by who acts next."""
    text = f"{name}: {doing}: {_text(error)}"
    if isinstance(error, _NOT_LET_IN):
        return CredentialsError(text)
    if isinstance(error, _REFUSED):
        return RejectedError(text, type(error).__name__.removesuffix("Error"))
    if isinstance(error, errors.UnsupportedCodecError):
        return SettingsError(
            f"{text}. Records are compressed with a codec whose library is missing here:"
            " pip install cramjam."
        )
    return OutcomeUnknownError(text)


def _text(error: Exception) -> str:
    return str(error) or type(error).__name__
