"""One method call, with what the server says of each argument."""

__all__ = ["called"]

from collections.abc import Sequence
from typing import Any

from andon.connectors.opcua.library import status, ua
from andon.connectors.opcua.session import Session
from andon.core.errors import RejectedError


async def called(
    session: Session, target: str, object_id: Any, method_id: Any, arguments: Sequence[Any]
) -> list[Any]:
    """What the method returns; also where its status is uncertain, which then tells why.
    Raises RejectedError."""
    request = ua.CallMethodRequest()
    request.ObjectId = object_id
    request.MethodId = method_id
    request.InputArguments = list(arguments)
    (result,) = await session.calls.call([request])
    if not result.StatusCode.is_bad():
        returned: list[Any] = result.OutputArguments or []
        return [one.Value for one in returned]
    code = status(result.StatusCode.value)
    said: list[Any] = result.InputArgumentResults or []
    wrong = [f"argument {n}: {status(one.value)}" for n, one in enumerate(said, 1) if one.is_bad()]
    raise RejectedError(f"{target} was refused: {', '.join([code, *wrong])}.", code)
