"""Errors as RFC 9457 problems: every fault at once, no secret, and who acts next."""

__all__ = [
    "ProblemError",
    "RawProblem",
    "exception_responders",
    "faults_in",
    "problem",
    "problem_bytes",
    "problem_response",
]

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.utils.scope.state import ScopeState
from msgspec import UNSET

from andon.api.shapes import Login, Problem, ProblemFault
from andon.core.errors import (
    AndonError,
    AttentionError,
    DeniedError,
    Fault,
    InvalidError,
    MappingError,
    OutcomeUnknownError,
    RefusedError,
    RejectedError,
    ThrottledError,
    TransientError,
)
from andon.core.faults import UNREADABLE, decode_faults
from andon.store.connect import DATABASE_AWAY
from andon.visibility.identity import AmbiguousError, UnknownIdError

MEDIA_TYPE = "application/problem+json"
log = structlog.get_logger("andon.api")


class ProblemError(Exception):
    """A refusal by the API itself."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


class RawProblem:
    """A problem as an ASGI application, for refusals before any route is found."""

    def __init__(self, status: int, detail: str) -> None:
        self._status = status
        self._body = problem_bytes(problem(status, detail))

    async def __call__(self, scope: Any, _: Any, send: Any) -> None:
        """Answers; the body of the request is not read."""
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(self._body)).encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]
        # What was not read would be taken for the next request.
        if scope.get("http_version", "1.1").startswith("1"):
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": self._status, "headers": headers})
        await send({"type": "http.response.body", "body": self._body})


def problem(
    status: int,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    acts: str | None = None,
    choices: Sequence[str] | None = None,
    instance: str | None = None,
) -> Problem:
    """A problem; its type is a name of ours, its title the status's own words."""
    phrase = HTTPStatus(status).phrase
    return Problem(
        type=f"urn:andon:problem:{phrase.lower().replace(' ', '-')}",
        title=phrase,
        status=status,
        detail=detail,
        instance=instance or UNSET,
        errors=[ProblemFault(fault.at, fault.says) for fault in faults] if faults else UNSET,
        acts=acts or UNSET,
        choices=list(choices) if choices is not None else UNSET,
    )


def problem_bytes(what: Problem) -> bytes:
    """Its JSON."""
    return msgspec.json.encode(what)


def problem_response(what: Problem, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """Its answer."""
    return Response(
        problem_bytes(what),
        status_code=what.status,
        media_type=MEDIA_TYPE,
        headers=dict(headers or {}),
    )


def exception_responders() -> dict[int | type[Exception], Any]:
    """For Litestar: which answer follows from which failure."""
    return {
        ProblemError: _own,
        AndonError: _said,
        HTTPException: _routed,
        **dict.fromkeys(DATABASE_AWAY, _no_database),
        Exception: _defect,
    }


def faults_in(raw: bytes, shape: Any) -> tuple[Fault, ...]:
    """All faults of a body that does not decode as `shape`; empty where it does."""
    try:
        msgspec.json.decode(raw, type=shape)
    except UNREADABLE as error:
        return decode_faults(raw, shape, cast(msgspec.DecodeError, error))
    return ()


def _status_of(error: AndonError) -> int:
    match error:
        case UnknownIdError():
            return 404
        case AmbiguousError() | RejectedError():
            return 409
        case InvalidError() | MappingError():
            return 422
        case DeniedError():
            return 403
        case RefusedError():
            return 409
        case ThrottledError():
            return 429
        case TransientError() | AttentionError():
            return 503
        case OutcomeUnknownError():
            return 504
        case _:
            return 500


def _own(_: Request[Any, Any, Any], error: ProblemError) -> Response[bytes]:
    return problem_response(problem(error.status, str(error), faults=error.faults), error.headers)


def _said(request: Request[Any, Any, Any], error: AndonError) -> Response[bytes]:
    status = _status_of(error)
    if status == 500:
        return _defect(request, error)
    retry = {"Retry-After": "1"} if status in (429, 503) else {}
    return problem_response(
        problem(
            status,
            str(error),
            faults=getattr(error, "faults", ()),
            acts=error.acts,
            choices=error.choices if isinstance(error, AmbiguousError) else None,
        ),
        retry,
    )


def _routed(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    if isinstance(error, ValidationException):
        faults = _validation_faults(request, error)
        detail = "The request does not read. Correct the places named; nothing was changed."
        return problem_response(problem(422, detail, faults=faults, acts="data owner"))
    status = error.status_code
    detail = {
        404: "There is nothing at this address. The OpenAPI document lists what there is.",
        405: "This address does not take this method.",
        413: "The request is larger than this Andon takes. Send less at once.",
    }.get(status, error.detail if status < 500 else "Something failed here.")
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"}
    return problem_response(problem(status, detail), headers)


def _validation_faults(
    request: Request[Any, Any, Any], error: ValidationException
) -> Sequence[Fault]:
    signature = cast(Any, request.scope["route_handler"]).parsed_fn_signature
    data = signature.parameters.get("data")
    # It was read already, and an answer to an exception cannot wait for it again.
    raw = ScopeState.from_scope(request.scope).body
    if data is not None and isinstance(raw, bytes) and (faults := faults_in(raw, data.annotation)):
        # A fault may quote what was sent; what stands in a login is not for any log or screen.
        quiet = data.annotation is Login
        return [Fault(one.at, "does not read") for one in faults] if quiet else faults
    extra = cast("list[dict[str, Any]]", error.extra) if isinstance(error.extra, list) else []
    return [
        Fault(f"?{one.get('key', '')}", str(one.get("message", "is wrong"))) for one in extra
    ] or [Fault("", error.detail)]


def _no_database(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log.warning("database out of reach", error=type(error).__name__)
    detail = (
        "The database does not answer. Nothing was changed that was not confirmed;"
        " ask again in a second."
    )
    return problem_response(problem(503, detail, acts="clock"), {"Retry-After": "1"})


def _defect(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    # The text of an unforeseen error may hold anything, a secret too; it stays in the log.
    log.error("request failed", path=request.scope["path"], exc_info=error)
    detail = "Something failed here that should not. It is in Andon's log under this moment."
    return problem_response(problem(500, detail, acts="developer"))
