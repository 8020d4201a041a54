"""Synchronous capabilities: a command over HTTP, its document number in the answer."""

__all__ = [
    "CommandOperation",
    "address_of",
    "command_routes",
    "commands_by_address",
    "do",
    "read_command",
]

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Annotated, Any, cast

from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIType
from litestar.params import FromPath, HeaderParameter

from andon.api.addresses import addressed, as_sent
from andon.api.callers import Asked, caller_of, hub_of
from andon.api.problems import ProblemError
from andon.api.shapes import Going, Standing, Written
from andon.core.errors import Fault
from andon.core.message import Command
from andon.governance.contracts import Contracts
from andon.visibility.standing import standing_of

MOST_SECONDS = 60
_COMMANDS = "/v1/commands"
KEY = re.compile(r"[\x21-\x7e]{1,200}")


@lru_cache(maxsize=8)
def commands_by_address(contracts: Contracts) -> Mapping[tuple[str, str], type[Command]]:
    """`production/distribute-order` -> DistributeOrder; of several versions the last given."""
    return {address_of(shape): shape for shape in contracts.shapes if issubclass(shape, Command)}


def address_of(shape: type[Command]) -> tuple[str, str]:
    """Capability and command, as they stand in the path."""
    return shape.TYPE.split(".")[1], _kebab(shape.__name__)


def _kebab(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()


@dataclass
class CommandOperation(Operation):
    """Says the body, whose shape depends on the address."""

    def __post_init__(self) -> None:
        """After Litestar has filled in the rest."""
        content = {"application/json": OpenAPIMediaType(schema=Schema(type=OpenAPIType.OBJECT))}
        self.request_body = RequestBody(content, required=True)


@post(
    "/v1/{capability:str}/{command:str}",
    status_code=201,
    opt={"scope": "commands:{capability}"},
    operation_class=CommandOperation,
    responses={202: ResponseSpec(Going)},
)
async def do(
    request: Asked,
    capability: FromPath[str],
    command: FromPath[str],
    idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key")] = None,
    prefer: Annotated[str | None, HeaderParameter(name="Prefer")] = None,
) -> Response[Written | Going]:
    """Asks for something; the same Idempotency-Key and body again give the same answer.

    With `Prefer: wait=n` it waits up to n seconds (60 at most) for the document number.
    """
    key = _key(idempotency_key)
    wait = _wait(prefer)
    hub = hub_of(request)
    shape = commands_by_address(hub.contracts).get((capability, command))
    if shape is None:
        known = sorted(
            name for area, name in commands_by_address(hub.contracts) if area == capability
        )
        raise ProblemError(
            404, f"{capability} knows no {command!r}. It knows: {', '.join(known) or 'nothing'}."
        )
    message = cast(Command, hub.contracts.decode(shape.TYPE, await request.body()))
    outcome = await hub.submit(message, caller_of(request).actor, key=key, wait=wait)
    if outcome.state == "delivered":
        done = Written(outcome.reference, outcome.key, dict(outcome.body))
        return Response(done, status_code=201)
    status = addressed(_COMMANDS, outcome.key)
    return Response(Going(status), status_code=202, headers={"Location": status})


@get(f"{_COMMANDS}/{{key:path}}", opt={"scope": "known"})
async def read_command(request: Asked, key: FromPath[str]) -> Standing:
    """Where a command stands. Who may not read all asks for their own commands."""
    caller, key = caller_of(request), as_sent(request, _COMMANDS, key)
    own = None if caller.may("read") else caller.actor.name
    found = await standing_of(hub_of(request).pool, key, sites=caller.sites, sent_by=own)
    if found is None:
        raise ProblemError(404, "There is no command with this key that you may see.")
    return Standing(**found)


def _key(given: str | None) -> str:
    if given is None or not KEY.fullmatch(given):
        fault = Fault("Idempotency-Key", "is needed: 1 to 200 printable characters, no spaces")
        raise ProblemError(
            400,
            "A command needs an Idempotency-Key, so that asking twice does it once.",
            faults=[fault],
        )
    return given


def _wait(prefer: str | None) -> timedelta:
    found = re.search(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})", prefer or "")
    return timedelta(seconds=min(int(found[1]), MOST_SECONDS) if found else 0)


command_routes: tuple[Any, ...] = (do, read_command)
