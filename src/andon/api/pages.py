"""The page's files, read once; there is no data in them."""

__all__ = ["Pages"]

import mimetypes
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from andon.api.problems import RawProblem

_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}


class Pages:
    """Files by their exact address, so no address can leave the folder."""

    def __init__(self, root: Traversable | None = None) -> None:
        folder = root if root is not None else files("andon").joinpath("web_dist")
        self._files: dict[str, tuple[bytes, bytes]] = {}
        if folder.is_dir():
            self._read(folder, "/")
        self._index = self._files.get("/index.html")
        self._absent = RawProblem(
            404,
            "There is no such page file. If the board is missing as a whole, it was not built into"
            " this Andon: install a released wheel, or run `make build` in the sources.",
        )
        self._only_read = RawProblem(405, "A page file can only be read.")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """A file, or the index for an address that the page itself understands."""
        path: str = scope["path"]
        if scope["method"] not in ("GET", "HEAD"):
            return await self._only_read(scope, receive, send)
        found = self._files.get(path)
        if found is None and "." not in path.rpartition("/")[2]:
            found = self._index
        if found is None:
            return await self._absent(scope, receive, send)
        body, kind = found
        # The builder names assets by their content; everything else is asked for again.
        kept = (
            b"public, max-age=31536000, immutable" if path.startswith("/assets/") else b"no-cache"
        )
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", kept),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        sent = b"" if scope["method"] == "HEAD" else body
        await send({"type": "http.response.body", "body": sent})
        return None

    def _read(self, folder: Traversable, at: str) -> None:
        for entry in folder.iterdir():
            if entry.is_dir():
                self._read(entry, f"{at}{entry.name}/")
            else:
                self._files[f"{at}{entry.name}"] = (entry.read_bytes(), _kind(entry.name))


def _kind(name: str) -> bytes:
    _, dot, suffix = name.rpartition(".")
    known = _TYPES.get(f"{dot}{suffix}") or mimetypes.guess_type(name)[0]
    kind = known or "application/octet-stream"
    text = kind.startswith("text/") or kind in ("application/json", "image/svg+xml")
    return (f"{kind}; charset=utf-8" if text else kind).encode()
