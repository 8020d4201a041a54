"""All services of a connection: where an entity set or a function is found by its name."""

__all__ = ["Catalogue", "Place", "nearest"]

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import msgspec

from andon.connectors.odata.gateway import Gateway
from andon.connectors.odata.metadata import Described, EntityType, Function, described
from andon.core.errors import Fault, MappingError, SettingsError


class Place(msgspec.Struct, frozen=True):
    """An entity set or a function, and the service it belongs to."""

    service: str
    name: str
    kind: EntityType | None = None
    function: Function | None = None


class Catalogue:
    """What the services said about themselves when the connection was opened."""

    def __init__(self, services: Mapping[str, Described]) -> None:
        self._services = services

    @classmethod
    async def read(cls, gateway: Gateway, services: Iterable[str], name: str) -> "Catalogue":
        """Asks every service. Raises SettingsError with each one that cannot be read."""
        found: dict[str, Described] = {}
        faults: list[Fault] = []
        for service in services:
            try:
                found[service] = described(await gateway.metadata(service))
            except MappingError as error:
                place = "; ".join(map(str, error.faults))
                faults.append(Fault(f"services/{service or 'url'}", f"{error} ({place})"))
        if faults:
            raise SettingsError(
                f"{name} cannot be opened: what it says of itself is unreadable.", faults
            )
        return cls(found)

    def place(self, said: str) -> Place | Fault:
        """The set or function `said` names, or why there is none and what is near."""
        service, name = self._split(said)
        found = [
            Place(one, name, about.sets.get(name), about.functions.get(name))
            for one, about in self._services.items()
            if service in (None, one) and (name in about.sets or name in about.functions)
        ]
        match found:
            case [place]:
                return place
            case []:
                known = [n for a in self._services.values() for n in (*a.sets, *a.functions)]
                return Fault("", f"{name!r} is nothing the system has{nearest(name, known)}")
            case _:
                which = ", ".join(place.service for place in found)
                return Fault("", f"{name!r} is found in {which}. Write <service>/{name}.")

    def of(self, service: str) -> Described:
        """One service."""
        return self._services[service]

    def set_of(self, service: str, type_name: str | None) -> Place | None:
        """The set in which a function changes a row."""
        name = None if type_name is None else self._services[service].set_of(type_name)
        return None if name is None else Place(service, name, self._services[service].sets[name])

    def target(self, place: Place, navigation: str) -> EntityType | None:
        """The type at the end of a way."""
        way = None if place.kind is None else place.kind.navigations.get(navigation)
        return None if way is None else self._services[place.service].types.get(way.target)

    def _split(self, said: str) -> tuple[str | None, str]:
        for service in sorted(self._services, key=len, reverse=True):
            if service and said.startswith(f"{service}/"):
                return service, said[len(service) + 1 :]
        return None, said


def nearest(name: str, known: Iterable[str]) -> str:
    """What somebody may have meant, as the end of a sentence."""
    near = get_close_matches(name, list(dict.fromkeys(known)), n=3, cutoff=0.5)
    return f". Near it: {', '.join(near)}" if near else ""
