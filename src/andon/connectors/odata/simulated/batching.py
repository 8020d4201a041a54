"""`$batch` at the gateway: change sets happen whole or not at all."""

__all__ = ["batch_reply"]

import re
from collections.abc import Iterator, Mapping

import msgspec

from andon.connectors.odata.simulated.books import RefusedCallError
from andon.connectors.odata.simulated.saying import Reply
from andon.connectors.odata.simulated.service import Asked, Service

_BOUNDARY = re.compile(r'boundary="?([^";,\s]+)"?')
_LINE = re.compile(r"(\w+) (\S+) HTTP/1\.1")
_END = b"\r\n"


class _UndoneError(RefusedCallError):
    """One operation was refused, so the whole set is undone."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("", "")
        self.reply = reply


def batch_reply(service: Service, asked: Asked) -> Reply:
    """Every part in order; a change set that fails answers with its first refusal alone."""
    outer = _boundary(asked.headers.get("content-type", ""))
    answered: list[bytes] = []
    for headers, body in _parts(asked.body, outer):
        kind = headers.get("content-type", "")
        if kind.startswith("multipart/"):
            answered.append(_change_set(service, body, _boundary(kind), asked.user))
        else:
            answered.append(_one(service.answer(_asked(body, asked.user)), {}))
    mark = "batchresponse"
    status = 202 if service.version == 2 else 200
    kind = f"multipart/mixed; boundary={mark}"
    return Reply(status, _joined(answered, mark), {"content-type": kind})


def _change_set(service: Service, body: bytes, boundary: str, user: str) -> bytes:
    replies: list[bytes] = []
    number = ""
    try:
        with service.together():
            for headers, inner in _parts(body, boundary):
                number = headers.get("content-id", "")
                reply = service.answer(_asked(inner, user))
                if reply.status >= 400:
                    raise _UndoneError(reply)
                replies.append(_one(reply, {"Content-ID": number}))
    except _UndoneError as undone:
        return _one(undone.reply if service.version == 2 else _numbered(undone.reply, number), {})
    if service.version == 4:
        replies.reverse()  # any order is allowed, and whoever counts on theirs should notice
    mark = "changesetresponse"
    head = f"Content-Type: multipart/mixed; boundary={mark}".encode()
    return head + _END + _END + _joined(replies, mark)


def _numbered(reply: Reply, number: str) -> Reply:
    """The refusal with the annotation by which SAP's OData 4 says which operation it is about."""
    told = msgspec.json.decode(reply.body)
    told["error"]["@SAP__core.ContentID"] = number
    return msgspec.structs.replace(reply, body=msgspec.json.encode(told))


def _joined(parts: list[bytes], mark: str) -> bytes:
    begin = f"--{mark}".encode()
    return b"".join(begin + _END + part + _END for part in parts) + begin + b"--" + _END


def _one(reply: Reply, more: Mapping[str, str]) -> bytes:
    head = {"Content-Type": "application/http", "Content-Transfer-Encoding": "binary", **more}
    inner = {**reply.headers, "Content-Length": str(len(reply.body))}
    lines = [f"{name}: {value}" for name, value in head.items()]
    lines += ["", f"HTTP/1.1 {reply.status} Done"]
    lines += [f"{name}: {value}" for name, value in inner.items()]
    return _END.join([*(line.encode() for line in lines), b"", reply.body])


def _asked(body: bytes, user: str) -> Asked:
    line, _, rest = body.lstrip(b"\r\n").partition(_END)
    found = _LINE.fullmatch(line.decode("utf-8", "replace").strip())
    if found is None:
        raise RefusedCallError("/IWBEP/CM_MGW_RT/100", "A part of the batch is no request")
    headers, inner = _head(rest)
    return Asked(found[1], found[2], headers, inner.strip(), user)


def _boundary(kind: str) -> str:
    found = _BOUNDARY.search(kind)
    if found is None:
        raise RefusedCallError("/IWBEP/CM_MGW_RT/100", "The batch has no boundary")
    return found[1]


def _parts(body: bytes, boundary: str) -> Iterator[tuple[dict[str, str], bytes]]:
    for piece in body.split(b"--" + boundary.encode())[1:]:
        if piece.startswith(b"--"):
            return
        yield _head(piece.lstrip(b"\r\n"))


def _head(piece: bytes) -> tuple[dict[str, str], bytes]:
    head, _, rest = piece.partition(_END + _END)
    if piece.startswith(_END):
        head, rest = b"", piece[2:]
    headers: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return headers, rest
