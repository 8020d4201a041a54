"""One node or device with its metrics: births, data, and what of them is told."""

__all__ = ["Device", "Moment", "plausible"]

from typing import Any, NamedTuple

from andon.connectors.sparkplug.addresses import Address
from andon.connectors.sparkplug.datatypes import named
from andon.connectors.sparkplug.news import Interest, Known
from andon.connectors.sparkplug.said import Change, Odd, Said
from andon.connectors.sparkplug.schema import Metric, Payload
from andon.connectors.sparkplug.values import properties_of, read, text

_YEAR_2000 = 946_684_800_000
_DAY = 86_400_000
_QUALITY = "Quality"


class Moment(NamedTuple):
    """When a message arrived: by the loop's clock, and in milliseconds of the calendar."""

    now: float
    arrived: int


def plausible(milliseconds: int, moment: Moment) -> bool:
    """Whether a node's clock can be believed: neither before 2000 nor a day ahead of us."""
    return _YEAR_2000 <= milliseconds <= moment.arrived + _DAY


class Device:
    """A device, or a node's own metrics."""

    def __init__(self, address: Address, interest: Interest) -> None:
        self.address = address
        self.metrics: dict[str, Known] = {}
        self.alive = False
        self.died = False
        """Its death was told, so whatever it says next is news."""
        self.born = False
        """Its birth was heard in this connection, and nothing was lost since."""
        self.births = 0
        """How many births were heard."""
        self.born_by: float | None = None
        """When it counts as gone unless it is born again with its node."""
        self._interest = interest
        self._aliases: dict[int, Known] = {}
        self._waiting: set[Known] = set()

    def birth(self, payload: Payload, moment: Moment, out: list[Said]) -> None:
        """All its metrics with their values. What it does not name any more is stale."""
        start = len(out)
        before, self.metrics = self.metrics, {}
        self._aliases = {}
        twice: set[int] = set()
        named_ones: list[tuple[Metric, Known]] = []
        for metric in payload.metrics:
            try:
                known = self._named(metric, before)
            except ValueError as error:
                out.append(
                    Odd(
                        self.address,
                        "",
                        moment.arrived,
                        f"a metric's name: {error}",
                        metric.SerializeToString(),
                    )
                )
                continue
            named_ones.append((metric, known))
            if not metric.HasField("alias"):
                continue
            if metric.alias in self._aliases:
                twice.add(metric.alias)
                says = f"alias {metric.alias} stands for two metrics, so it is not used"
                out.append(
                    Odd(self.address, known.name, moment.arrived, says, metric.SerializeToString())
                )
            self._aliases[metric.alias] = known
        for alias in twice:
            del self._aliases[alias]
        self._keep_what_others_want()
        born = payload.timestamp if plausible(payload.timestamp, moment) else moment.arrived
        for metric, known in named_ones:
            if known.kept:
                again = born if self.died or known.stale else 0
                self._take(known, metric, born, moment, out, returned=again)
        for name in before.keys() - self.metrics.keys():
            self._stale(before[name], moment, out)
        self._complete(out, start)
        self.alive = self.born = True
        self.births += 1
        self.died = False
        self.born_by = None

    def data(self, payload: Payload, moment: Moment, out: list[Said]) -> bool:
        """What changed; False when it speaks of metrics that its birth did not name."""
        start = len(out)
        aliases, metrics = self._aliases, self.metrics
        complete = True
        for metric in payload.metrics:
            alias = metric.alias
            known = aliases.get(alias) if alias or metric.HasField("alias") else None
            if known is None:
                known = metrics.get(metric.name)
            if known is None:
                complete = False
            elif known.kept and not known.repeats(metric):
                self._take(known, metric, payload.timestamp, moment, out)
        if len(out) > start:
            self._complete(out, start)
        return complete

    def death(self, moment: Moment, out: list[Said]) -> None:
        """Every metric is stale."""
        start = len(out)
        self.alive = self.born = False
        self.died = True
        self.born_by = None
        self._waiting.clear()
        for known in self.metrics.values():
            self._stale(known, moment, out)
        self._complete(out, start)

    def due(self, moment: Moment, out: list[Said]) -> None:
        """What had to wait because it was told a moment ago."""
        start = len(out)
        for known in [one for one in self._waiting if one.told_after <= moment.now]:
            self._waiting.discard(known)
            if not known.stale and known.differs():
                self._tell(known, moment, out)
        self._complete(out, start)

    def _complete(self, out: list[Said], start: int) -> None:
        """A message may name the reason after the state."""
        for said in out[start:]:
            if isinstance(said, Change):
                for name in said.watched.beside:
                    known = self.metrics.get(name)
                    said.beside[name] = None if known is None else known.value

    def _named(self, metric: Metric, before: dict[str, Known]) -> Known:
        name = text(metric.name)
        known = before.get(name)
        if known is None or known.datatype != metric.datatype:
            known = Known(name, metric.datatype, self._interest(self.address, name))
        self.metrics[name] = known
        return known

    def _keep_what_others_want(self) -> None:
        for known in list(self.metrics.values()):
            for name in known.watched.beside if known.watched else ():
                if name in self.metrics:
                    self.metrics[name].kept = True

    def _take(
        self,
        known: Known,
        metric: Metric,
        base: int,
        moment: Moment,
        out: list[Said],
        *,
        returned: int = 0,
    ) -> None:
        at = metric.timestamp or base
        if not plausible(at, moment):
            at = moment.arrived
        try:
            if metric.datatype not in (0, known.datatype):
                raise ValueError(
                    f"is a {named(metric.datatype)}, its birth said {named(known.datatype)}"
                )
            field = metric.WhichOneof("value") or ""
            came: Any = getattr(metric, field) if field else None
            empty = metric.is_null or not field
            value = None if empty else read(came, field, known.datatype)
            told = properties_of(metric.properties) if metric.HasField("properties") else None
        except ValueError as error:
            out.append(Odd(self.address, known.name, at, str(error), metric.SerializeToString()))
            return
        if metric.is_historical:
            self._remember(known, value, at, told, out)
            return
        known.says(value)
        known.at = at
        if told is not None:
            known.properties = {**known.properties, **told}
            known.quality = known.properties.get(_QUALITY)
        news = known.watched is not None and (bool(returned) or known.differs())
        if news and not returned and moment.now < known.told_after:
            self._waiting.add(known)
            return
        if news:
            self._tell(known, moment, out, returned=returned)
        if not empty:
            known.settled(field, came)

    def _tell(self, known: Known, moment: Moment, out: list[Said], *, returned: int = 0) -> None:
        assert known.watched is not None
        again = returned
        if not again and known.told is not None and known.at <= known.told_at:
            again = moment.arrived  # its clock stands still
        known.unsettled()
        known.told = (known.value, known.quality)
        known.told_at = known.at
        known.told_after = moment.now + known.watched.pause
        known.stale = False
        out.append(self._change(known, known.value, known.at, again=again, returned=bool(returned)))

    def _remember(
        self, known: Known, value: Any, at: int, told: dict[str, Any] | None, out: list[Said]
    ) -> None:
        """The past does not change what is so now; a repeated value is no news there either."""
        if known.watched is None or known.past == (value,):
            return
        known.past = (value,)
        out.append(self._change(known, value, at, historical=True, properties=told))

    def _stale(self, known: Known, moment: Moment, out: list[Said]) -> None:
        if known.watched is not None and known.told is not None and not known.stale:
            known.stale = True
            known.unsettled()
            out.append(
                self._change(known, known.value, moment.arrived, stale=True, again=moment.arrived)
            )

    def _change(
        self,
        known: Known,
        value: Any,
        at: int,
        *,
        again: int = 0,
        stale: bool = False,
        returned: bool = False,
        historical: bool = False,
        properties: dict[str, Any] | None = None,
    ) -> Change:
        assert known.watched is not None
        return Change(
            address=self.address,
            metric=known,
            watched=known.watched,
            value=value,
            at=at,
            properties=known.properties if properties is None else properties,
            beside={},
            stale=stale,
            returned=returned,
            historical=historical,
            again=again,
        )
