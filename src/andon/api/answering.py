"""How commands are asked and answered, as the description says it: all of it with examples."""

__all__ = ["answers_to", "asked_with", "refused_body"]

from collections.abc import Mapping
from typing import Any

import msgspec

from andon.api.problems import MEDIA_TYPE, problem
from andon.core.errors import Fault, InvalidError, RejectedError

_REFERS = "#/components/schemas/"
_KEY = "7d1c4e9a-1000001"
_RECORDED = f"key:planner:{_KEY}"
_STATUS = f"/v1/commands/{_RECORDED}"
_STRAY = "colour"


def asked_with() -> list[dict[str, Any]]:
    """The headers of a command."""
    return [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "Asking again under it gives the same answer and has no second effect",
            "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
            "example": _KEY,
        },
        {
            "name": "Prefer",
            "in": "header",
            "required": False,
            "description": "`wait=n`: waits up to n seconds, 60 at most, for the document number",
            "schema": {"type": "string"},
            "example": "wait=5",
        },
    ]


def answers_to(contract: str, key: str) -> dict[str, Any]:
    """Every answer of its own that a command may get, whose subject stands in the field `key`; what
    else goes wrong is `default`."""
    return {
        "201": _answer(
            "Done; `reference` is the system's document number",
            "Written",
            {"reference": "4900000012", "key": _RECORDED, "body": {}},
        ),
        "202": {
            **_answer(
                "Recorded, and not finished, or its outcome is not known yet; ask at `status`",
                "Going",
                {"status": _STATUS},
            ),
            "headers": {
                "Location": {
                    "description": "The same as `status`",
                    "schema": {"type": "string"},
                    "example": _STATUS,
                }
            },
        },
        "409": _refusal(
            "The system refuses it; `detail` is what it says",
            _told(409, "The period 2026-02 is closed.", RejectedError.acts),
        ),
        "422": _refusal(
            "It does not read, with every fault and its place; or the key was used for another"
            " payload",
            _unread(contract, key),
        ),
    }


def refused_body(example: Mapping[str, Any], key: str) -> dict[str, Any]:
    """A good body with two faults: those that the example of 422 names."""
    return {**example, key: 7, _STRAY: "red"}


def _unread(contract: str, key: str) -> dict[str, Any]:
    says = (
        f"{contract} cannot be recorded: 2 faults. Correct the places named and send it again;"
        " nothing was changed."
    )
    faults = (
        Fault("", f"Additional properties are not allowed ({_STRAY!r} was unexpected)"),
        Fault(f"/{key}", "7 is not of type 'string'"),
    )
    return _told(422, says, InvalidError.acts, *faults)


def _told(status: int, detail: str, acts: str, *faults: Fault) -> dict[str, Any]:
    return msgspec.to_builtins(problem(status, detail, faults=faults, acts=acts))


def _answer(says: str, shape: str, example: Mapping[str, Any]) -> dict[str, Any]:
    return _said(says, "application/json", shape, example)


def _refusal(says: str, example: Mapping[str, Any]) -> dict[str, Any]:
    return _said(says, MEDIA_TYPE, "Problem", example)


def _said(says: str, media: str, shape: str, example: Mapping[str, Any]) -> dict[str, Any]:
    content = {"schema": {"$ref": f"{_REFERS}{shape}"}, "example": example}
    return {"description": says, "content": {media: content}}
