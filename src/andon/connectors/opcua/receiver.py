"""Commands to a job order receiver (OPC 10031-4): its methods, and what proves them."""

__all__ = ["Receiver", "job_order_of"]

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from andon.connectors.opcua.calling import called
from andon.connectors.opcua.decoding import MalformedError, decoded
from andon.connectors.opcua.encoding import encoded
from andon.connectors.opcua.joblist import JOB_CONTROL, body_of, said_of
from andon.connectors.opcua.jobwords import METHODS, Method, Proves, words_of
from andon.connectors.opcua.library import ua
from andon.connectors.opcua.session import Session
from andon.connectors.opcua.values import Unfit
from andon.core.connector import Receipt, Request
from andon.core.errors import OutcomeUnknownError, RejectedError

_JOB_ORDER = 3008


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    job: dict[str, Any] | None = None
    job_id: str | None = None
    comment: str = ""


class Receiver(msgspec.Struct, frozen=True):
    """A request to a job order receiver, read."""

    target: str
    node: str
    method: Method
    job_id: str
    job: Mapping[str, Any] | None
    comment: str

    async def sent(self, session: Session) -> Receipt:
        """Calls the method. Raises RejectedError with the status the receiver returns."""
        index = await session.index(JOB_CONTROL)
        receiver = session.node(await session.resolved(self.node))
        method = await self._found(receiver)
        comment = [ua.LocalizedText(self.comment)] if self.comment else []
        told = ua.Variant(comment, ua.VariantType.LocalizedText, is_array=True)
        first = ua.Variant(self.job_id, ua.VariantType.String)
        if self.job is not None:
            first = ua.Variant(
                await self._structure(session, index), ua.VariantType.ExtensionObject
            )
        answer = await called(session, self.target, receiver.nodeid, method, [first, told])
        code = answer[0] if answer and isinstance(answer[0], int) else 1
        if not code & 1:
            raise RejectedError(
                f"{self.target} was refused for {self.job_id}: {words_of(code)}.", f"status-{code}"
            )
        return Receipt(reference=self.job_id, body={"return_status": code})

    async def proven(self, session: Session) -> Receipt | None:
        """Whether the list of jobs shows what the method should have made."""
        listed = await self._listed(session)
        state = None if listed is None else said_of(self.node, listed)["state"]
        match METHODS[self.method]:
            case Proves.LISTED:
                done = listed is not None
            case Proves.ABSENT:
                done = listed is None
            case Proves.SAME:
                asked = decoded("JobOrder", encoded("JobOrder", self.job))
                done = listed is not None and listed["JobOrder"] == asked
            case states:
                done = state in states
        return Receipt(reference=self.job_id, body={"state": state}) if done else None

    async def _listed(self, session: Session) -> dict[str, Any] | None:
        index = await session.index(JOB_CONTROL)
        receiver = session.node(await session.resolved(self.node))
        jobs = await receiver.get_child(f"{index}:JobOrderList")
        entries: list[Any] = await jobs.read_value() or []
        unread = 0
        for one in entries:
            try:
                job = decoded("JobOrderAndState", body_of(one))
            except MalformedError:
                unread += 1
                continue
            if job["JobOrder"]["JobOrderID"] == self.job_id:
                return job
        if unread:
            raise OutcomeUnknownError(
                f"{unread} entries of {self.node}'s list of jobs cannot be read, so nobody can tell"
                f" whether {self.job_id} is among them. Look at the machine."
            )
        return None

    async def _found(self, receiver: Any) -> Any:
        has = {
            (await one.read_browse_name()).Name: one.nodeid
            for one in await receiver.get_children(nodeclassmask=ua.NodeClass.Method)
        }
        if self.method not in has:
            raise RejectedError(
                f"{self.node} has no method {self.method}; it has {', '.join(sorted(has))}.",
                "method-missing",
            )
        return has[self.method]

    async def _structure(self, session: Session, index: int) -> Any:
        """The job with the id of its encoding at this server."""
        kind = session.node(ua.NodeId(_JOB_ORDER, index))
        try:
            encodings = await kind.get_referenced_nodes(ua.ObjectIds.HasEncoding)
            named = [(await one.read_browse_name()).Name for one in encodings]
            id = encodings[named.index("Default Binary")].nodeid
        except (ua.UaStatusCodeError, ValueError) as error:
            raise RejectedError(
                f"{self.node} does not say how a job is written (ISA95JobOrderDataType).",
                "encoding",
            ) from error
        try:
            body = encoded("JobOrder", self.job)
        except Unfit as error:
            raise RejectedError(f"{self.target} cannot be sent: {error}.", "job-invalid") from error
        return ua.ExtensionObject(TypeId=id, Body=body)


def job_order_of(request: Request) -> Receiver:
    """A request as `job <receiver> <method>` means it. Raises RejectedError."""
    node, _, method = request.target.removeprefix("job ").rpartition(" ")
    if method not in METHODS or not node:
        raise RejectedError(
            f"{request.target!r} is not `job <receiver> <method>` with one of"
            f" {', '.join(METHODS)}.",
            "target-invalid",
        )
    try:
        asked = msgspec.convert(request.body, _Asked)
    except msgspec.ValidationError as error:
        raise RejectedError(f"{request.target} cannot be sent: {error}.", "job-invalid") from error
    whole = method in ("Store", "StoreAndStart", "Update")
    id = str((asked.job or {}).get("JobOrderID") or "") if whole else asked.job_id
    if not id:
        wanted = '{"job": {"JobOrderID": ...}}' if whole else '{"job_id": ...}'
        raise RejectedError(f"{request.target} needs {wanted}.", "job-invalid")
    return Receiver(
        request.target,
        node,
        cast("Method", method),
        id,
        asked.job if whole else None,
        asked.comment,
    )
