"""A mock made from an OpenAPI document: it refuses what the document does not describe, and holds
its own answers to it, too."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from aiohttp import web
from jsonschema import Draft202012Validator

SAMPLE = Path(__file__).parent.parent / "samples" / "openapi" / "orders.json"
_PAGE = 2


class Described:
    """Serves the document's paths; what a POST makes, a GET lists, oldest change first."""

    def __init__(self, document: Path = SAMPLE) -> None:
        self.document: dict[str, Any] = msgspec.json.decode(document.read_bytes())
        self.kept: list[dict[str, Any]] = []
        self.undescribed: list[str] = []
        """What came or went that the document does not describe."""
        self.url = ""
        self._tokens: set[str] = set()
        self._numbers = itertools.count(1)
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Every operation of every path, and the token endpoint of the flow."""
        app = web.Application()
        (server,) = self.document["servers"]
        for path, operations in self.document["paths"].items():
            for method, operation in operations.items():
                app.router.add_route(method, server["url"] + path, self._serving(method, operation))
        (scheme,) = self.document["components"]["securitySchemes"].values()
        app.router.add_post(scheme["flows"]["clientCredentials"]["tokenUrl"], self._token)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Lets go of the port."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _serving(self, method: str, operation: dict[str, Any]) -> Any:
        async def serve(request: web.Request) -> web.Response:
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
                return web.json_response({"title": "no token", "status": 401}, status=401)
            wrong = self._wrong_query(request, operation)
            if method == "get":
                status, said = 200, self._page(request)
            else:
                body = msgspec.json.decode(await request.read())
                content = operation["requestBody"]["content"]["application/json"]
                wrong += self._wrong(body, content["schema"])
                status, said = self._made(body, wrong)
            self.undescribed += [f"{operation['operationId']}: {one}" for one in wrong]
            (kind, content), *_ = operation["responses"][str(status)]["content"].items()
            self.undescribed += self._wrong(said, content["schema"])
            return web.json_response(said, status=status, content_type=kind)

        return serve

    def _made(self, body: dict[str, Any], wrong: list[str]) -> tuple[int, dict[str, Any]]:
        if wrong:
            return 422, {"title": "Not taken", "status": 422, "detail": wrong[0], "code": "E100"}
        number = next(self._numbers)
        at = datetime(2026, 5, 1, 10, 0, number, tzinfo=UTC).isoformat()
        made = {"number": f"SO-{number}", "state": "open", "updatedAt": at, **body}
        self.kept.append(made)
        return 201, made

    def _page(self, request: web.Request) -> dict[str, Any]:
        query = request.query
        rows = [row for row in self.kept if row["updatedAt"] >= query.get("updatedAfter", "")[:19]]
        if "externalRef" in query:
            rows = [row for row in rows if row["externalRef"] == query["externalRef"]]
        at = int(query.get("pageToken", "0"))
        more = str(at + _PAGE) if at + _PAGE < len(rows) else None
        return {"orders": rows[at : at + _PAGE], "nextPageToken": more}

    def _wrong_query(self, request: web.Request, operation: dict[str, Any]) -> list[str]:
        known = {one["name"]: one["schema"] for one in operation.get("parameters", ())}
        wrong = [f"no parameter {name}" for name in request.query if name not in known]
        for name, value in request.query.items():
            wrong += self._wrong(value, known.get(name, True))
        return wrong

    def _wrong(self, value: Any, schema: Any) -> list[str]:
        whole = {"allOf": [schema], "components": self.document["components"]}
        checker = Draft202012Validator.FORMAT_CHECKER
        errors = Draft202012Validator(whole, format_checker=checker).iter_errors(value)
        return [f"{error.json_path}: {error.message}" for error in errors]

    async def _token(self, request: web.Request) -> web.Response:
        await request.post()
        token = f"token-{next(self._numbers)}"
        self._tokens.add(token)
        return web.json_response({"access_token": token, "token_type": "bearer", "expires_in": 60})
