"""What both services share: HTTP, envelopes, schemas that judge each request, faults."""

__all__ = ["RefusalError", "SoapServer"]

import ssl
from abc import ABC, abstractmethod
from collections.abc import Mapping
from importlib import resources
from typing import Any
from xml.sax.saxutils import escape

from aiohttp import web
from lxml import etree

from andon.connectors._ports import free_port
from andon.connectors._xml import Element, local, tree_of
from andon.connectors.soap.said import ENVELOPES, body_of
from andon.core.errors import MappingError

_FOLDER = resources.files("andon.connectors.soap.simulated")


class RefusalError(Exception):
    """What is answered as a fault."""

    def __init__(self, code: str, words: str, detail: str = "") -> None:
        super().__init__(words)
        self.code, self.words, self.detail = code, words, detail


class SoapServer(ABC):
    """One service on a free port of the loopback address; comes back at the same one."""

    documents: tuple[str, ...]
    """What it serves of itself; the first is the WSDL."""
    schema: str
    """What its requests must keep to."""
    version: int
    """0 for SOAP 1.1, 1 for SOAP 1.2."""

    def __init__(self) -> None:
        self.port = 0
        self.losing = False
        self.asked = 0
        self.tls: ssl.SSLContext | None = None
        """Its certificate, and whom it lets in by theirs."""
        self._runner: web.AppRunner | None = None
        tree = etree.fromstring(_FOLDER.joinpath(self.schema).read_bytes())
        self._schema = etree.XMLSchema(tree)

    @property
    def url(self) -> str:
        """Where it is, or was."""
        scheme = "http" if self.tls is None else "https"
        return f"{scheme}://127.0.0.1:{self.port or 9}"

    @property
    def wsdl(self) -> str:
        """Where its WSDL is."""
        return f"{self.url}/{self.documents[0]}"

    async def start(self) -> None:
        """Begins to answer."""
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_get("/{document}", self._describe)
        app.router.add_post("/service", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(
            self._runner,
            "127.0.0.1",
            self.port or free_port(),
            reuse_address=True,
            ssl_context=self.tls,
        )
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Ends at once."""
        if self._runner is not None:
            server = self._runner.server
            for connection in [] if server is None else list(server.connections):
                if connection.transport is not None:
                    connection.transport.abort()
            await self._runner.cleanup()
            self._runner = None

    @abstractmethod
    def admits(self, request: web.Request) -> bool:
        """Whether HTTP lets this caller in."""

    @abstractmethod
    def admitted(self, envelope: Element) -> None:
        """Raises RefusalError when the envelope does not say who calls."""

    @abstractmethod
    def done(self, name: str, content: Element) -> str:
        """Does what is asked; the answer's body as text. Raises RefusalError."""

    async def _describe(self, request: web.Request) -> web.Response:
        name = request.match_info["document"]
        if not self.admits(request):
            return web.Response(status=401, text="who are you?")
        if name not in self.documents:
            return web.Response(status=404)
        text = _FOLDER.joinpath(name).read_text()
        for path in ("shop", "journal"):
            text = text.replace(f"http://localhost/{path}", f"{self.url}/service")
        return web.Response(text=text, content_type="text/xml")

    async def _take(self, request: web.Request) -> web.Response:
        self.asked += 1
        if not self.admits(request):
            return web.Response(status=401, text="who are you?")
        try:
            content = self._content(await request.read(), request.headers)
            answer = self.done(local(content), content)
        except RefusalError as error:
            return self._answer(self._fault(error), 500)
        if self.losing and local(content) in ("PostConfirmation", "Register"):
            self.losing = False
            assert request.transport is not None
            request.transport.abort()
        return self._answer(answer, 200)

    def _content(self, body: bytes, headers: Mapping[str, str]) -> Element:
        kind = ("text/xml", "application/soap+xml")[self.version]
        if not headers.get("Content-Type", "").startswith(kind):
            raise RefusalError("VersionMismatch", f"this service takes {kind}")
        try:
            envelope = tree_of(body, "the request")
        except MappingError as error:
            raise RefusalError(self._client, str(error)) from error
        if envelope.tag != f"{{{ENVELOPES[self.version]}}}Envelope":
            raise RefusalError("VersionMismatch", "another version of SOAP is spoken here")
        self.admitted(envelope)
        content = body_of(envelope)
        if content is None:
            raise RefusalError(self._client, "the body is empty")
        alone = etree.fromstring(etree.tostring(content))
        if not self._schema.validate(alone):
            raise RefusalError(self._client, _words(self._schema))
        action = headers.get("SOAPAction", headers.get("Content-Type", ""))
        if not action.strip('"').endswith(local(content)):
            raise RefusalError(self._client, f"the action says {action}, the body {content.tag}")
        return alone

    @property
    def _client(self) -> str:
        return ("Client", "Sender")[self.version]

    def _fault(self, error: RefusalError) -> str:
        words, detail = escape(error.words), error.detail
        if self.version == 0:
            detail = f"<detail>{detail}</detail>" if detail else ""
            code = f"<faultcode>s:{error.code}</faultcode>"
            return f"<s:Fault>{code}<faultstring>{words}</faultstring>{detail}</s:Fault>"
        sub = f"<s:Subcode><s:Value>{error.code}</s:Value></s:Subcode>"
        code = f"<s:Code><s:Value>s:Sender</s:Value>{sub}</s:Code>"
        return (
            f'<s:Fault>{code}<s:Reason><s:Text xml:lang="en">{words}</s:Text></s:Reason></s:Fault>'
        )

    def _answer(self, body: str, status: int) -> web.Response:
        kind = ("text/xml", "application/soap+xml")[self.version]
        space = ENVELOPES[self.version]
        text = f'<s:Envelope xmlns:s="{space}"><s:Body>{body}</s:Body></s:Envelope>'
        return web.Response(text=text, status=status, content_type=kind)


def _words(schema: etree.XMLSchema) -> str:
    log: Any = schema.error_log
    return str(log.last_error.message)
