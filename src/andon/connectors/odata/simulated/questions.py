"""What is asked of a service and changes nothing: rows, pages, counts, deltas."""

__all__ = ["Limits", "Questions"]

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from andon.connectors.odata.metadata import Described
from andon.connectors.odata.simulated.books import Books, RefusedCallError, Row
from andon.connectors.odata.simulated.saying import Reply, Saying, linked, missing, table_of
from andon.connectors.odata.simulated.sorted import Sorted

_PREFER = re.compile(r"odata\.maxpagesize=(\d+)")


class Limits(msgspec.Struct, frozen=True):
    """Where the service stops by itself."""

    page: int
    """Rows of one page, however many were asked for."""
    oldest_delta: int
    """Delta tokens before this place in the books are not known any more."""


class Questions:
    """Answers them for one service."""

    def __init__(
        self, about: Described, books: Books, sorted: Sorted, say: Saying, limits: Limits
    ) -> None:
        self._about = about
        self._books = books
        self._sorted = sorted
        self._say = say
        self._limits = limits

    def many(
        self,
        name: str,
        rest: Sequence[tuple[str, str | None]],
        options: Mapping[str, str],
        prefer: str,
    ) -> Reply:
        """Rows of a set, page by page, or how many there are."""
        if rest and rest[0][0] == "$count":
            rows = self._matching(name, options)
            return Reply(200, str(len(rows)).encode(), {"content-type": "text/plain"})
        if self._say.version == 4 and "$deltatoken" in options:
            return self._delta(name, options["$deltatoken"])
        return self._page(name, options, prefer)

    def one(
        self,
        name: str,
        row: Row,
        rest: Sequence[tuple[str, str | None]],
        options: Mapping[str, str],
    ) -> Reply:
        """One row, or what lies behind it."""
        say = self._say
        expand, select = _list(options.get("$expand")), _list(options.get("$select"))
        if not rest:
            return say.one(say.row(name, row, expand, select), etag=say.etag(row))
        way = self._about.sets[name].navigations.get(rest[0][0])
        if way is None:
            raise missing(rest[0][0])
        end, rows = say.joined(way, row)
        shown = [say.row(end, one, expand, select) for one in rows]
        if way.many:
            return say.page(end, shown, {}, None)
        if not shown:
            raise missing(way.name)
        return say.one(shown[0])

    def _page(self, name: str, options: Mapping[str, str], prefer: str) -> Reply:
        say = self._say
        rows = self._matching(name, options)
        counted = options.get("$inlinecount") == "allpages" or options.get("$count") == "true"
        count = len(rows) if counted else None
        began = int(options.get("$skiptoken") or 0)
        skip = int(options.get("$skip") or 0)
        top = int(options.get("$top") or len(rows))
        wished = _PREFER.search(prefer)
        limit = min(self._limits.page, int(wished[1])) if wished else self._limits.page
        end = min(skip + top, len(rows))
        cut = rows[skip + began : min(skip + began + limit, end)]
        expand, select = _list(options.get("$expand")), _list(options.get("$select"))
        shown = [say.row(name, row, expand, select) for row in cut]
        tracked = "odata.track-changes" in prefer or "track" in options
        links: dict[str, str] = {}
        if skip + began + len(cut) < end:
            more = {**options, "$skiptoken": str(began + len(cut))}
            links["next"] = linked(self._say.root, name, more | ({"track": "1"} if tracked else {}))
        elif self._say.version == 4 and tracked:
            token = str(len(self._books.log))
            links["delta"] = linked(self._say.root, name, {"$deltatoken": token})
        return say.page(name, shown, links, count)

    def _delta(self, name: str, token: str) -> Reply:
        books = self._books
        since = int(token) if token.isdigit() else -1
        if not self._limits.oldest_delta <= since <= len(books.log):
            raise RefusedCallError("410", "The delta link is not known any more", status=410)
        table, say = table_of(name), self._say
        changed = dict.fromkeys(key for where, key in books.log[since:] if where == table)
        shown: list[Any] = []
        for key in changed:
            row = books.rows(table).get(key)
            if row is None:
                gone = f"{self._say.root}{name}('{key[0]}')"
                shown.append({"@removed": {"reason": "deleted"}, "@id": gone})
            else:
                shown.append(say.row(name, row, (), ()))
        now = str(len(books.log))
        link = linked(self._say.root, name, {"$deltatoken": now})
        return say.page(name, shown, {"delta": link}, None)

    def _matching(self, name: str, options: Mapping[str, str]) -> Sequence[Row]:
        kind = self._about.sets[name]
        unknown = [
            part
            for part in _list(options.get("$select"))
            if part not in kind.properties and part not in kind.navigations and part != "*"
        ]
        if unknown:
            raise RefusedCallError(
                "/IWBEP/CM_MGW_RT/021", f"Property {unknown[0]} not found in type '{kind.name}'"
            )
        order = options.get("$orderby") or ",".join(kind.keys)
        return self._sorted.rows(table_of(name), options.get("$filter", ""), order, kind)


def _list(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]
