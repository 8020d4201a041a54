"""What a server remembers of a variable."""

__all__ = ["NoHistoryError", "pages"]

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from andon.connectors.opcua.library import status, ua
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.values import aware
from andon.core.errors import DefectError

_PAGE = 1_000
_NONE_HERE = (
    "BadHistoryOperationUnsupported", "BadHistoryOperationInvalid", "BadServiceUnsupported",
    "BadNotSupported", "BadNotImplemented", "BadUserAccessDenied", "BadNotReadable",
)  # fmt: skip


class NoHistoryError(DefectError):
    """The server does not remember this variable, or not for us. Caught by the reader."""


async def pages(session: Session, node_id: Any, start: datetime) -> AsyncIterator[list[Any]]:
    """Readings from an instant on, that instant included, page by page. Pages may overlap.

    A server says with a continuation point that there is more. Some cut without one, so a full page
    is followed from its last instant, with longer pages while one instant fills them.
    """
    size, point = _PAGE, None
    while True:
        result = await _read(session, node_id, start, size, point)
        values: list[Any] = result.HistoryData.DataValues or []
        yield values
        if result.ContinuationPoint and result.ContinuationPoint != point:
            point = result.ContinuationPoint
            continue
        point = None
        if len(values) < size:
            return
        last = values[-1].SourceTimestamp or values[-1].ServerTimestamp
        if last is None:
            return
        size = size * 2 if aware(last) == start else _PAGE
        start = aware(last)


async def _read(
    session: Session, node_id: Any, start: datetime, size: int, point: bytes | None
) -> Any:
    details = ua.ReadRawModifiedDetails()
    details.IsReadModified = False
    details.StartTime = start
    details.EndTime = ua.get_win_epoch()
    details.NumValuesPerNode = size
    details.ReturnBounds = False
    try:
        result = await session.node(node_id).history_read(details, point)
        result.StatusCode.check()
    except ua.UaStatusCodeError as error:
        code = status(error.code)
        if code in _NONE_HERE:
            raise NoHistoryError(code) from error
        raise
    return result
