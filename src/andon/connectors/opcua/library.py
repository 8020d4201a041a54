"""asyncua as it is used here.

Its types promise an `Int32` where it takes an int, so it is taken without them.
"""

__all__ = ["LOST", "Client", "policies", "quiet", "status", "ua"]

import logging
from typing import Any, cast

from asyncua import ua as _ua
from asyncua.client.client import Client as _Client
from asyncua.crypto import security_policies as _policies

ua = cast("Any", _ua)
Client = cast("Any", _Client)
policies = cast("Any", _policies)

LOST: tuple[type[Exception], ...] = (
    OSError, EOFError, TimeoutError,
    ua.uaerrors.BadCommunicationError, ua.uaerrors.BadConnectionClosed, ua.uaerrors.BadTimeout,
    ua.uaerrors.BadSecureChannelClosed, ua.uaerrors.BadSecureChannelIdInvalid,
    ua.uaerrors.BadSessionClosed, ua.uaerrors.BadSessionIdInvalid,
    ua.uaerrors.BadServerHalted, ua.uaerrors.BadShutdown,
)  # fmt: skip
"""The connection is gone, or the server is about to be."""


def quiet() -> None:
    """Its log tells only of what it cannot tell otherwise: at DEBUG it shows whole requests, the
    password among them, at INFO every notification, at WARNING every refusal, which we raise."""
    logging.getLogger("asyncua").setLevel(logging.ERROR)


def status(code: int) -> str:
    """`BadNodeIdUnknown`: the name of a status without what else its bits say."""
    name: str = ua.StatusCode(code & 0xFFFF0000).name
    unknown = name in ("Bad", "Uncertain") or (name == "Good" and code & 0xFFFF0000)
    return f"{name} 0x{code:08X}" if unknown else name
