"""With whose eyes the picture is read: all of some sites, or what is a partner's own."""

__all__ = ["Eyes"]

from collections.abc import Collection, Sequence

import msgspec

from andon.core.plant import Partnership


class Eyes(msgspec.Struct, frozen=True):
    """What a caller may see."""

    sites: frozenset[str] = frozenset()
    """Empty means all."""
    party: str | None = None
    """A partner sees subjects that are linked to it, and of them what its roles let it see."""
    partnerships: Sequence[Partnership] = ()

    def attributes(self, kind: str, roles: Collection[str]) -> frozenset[str] | None:
        """What is seen of a subject of this kind to which the partner is linked so; None: all."""
        if self.party is None:
            return None
        return frozenset(
            attribute
            for partnership in self.partnerships
            if partnership.role in roles
            for attribute in partnership.sees.get(kind, ())
        )

    def sees(self, kind: str, roles: Collection[str]) -> bool:
        """Whether anything of it is seen."""
        attributes = self.attributes(kind, roles)
        return attributes is None or bool(attributes)
