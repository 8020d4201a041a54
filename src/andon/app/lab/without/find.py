"""What is not known to have happened is sent again, and nobody looks before."""

__all__ = ["andon"]

from andon.app.company import andon
from andon.engine.call import Call, Verdict
from andon.engine.parcel import Parcel


class _Blind(Call):
    async def _look(self, parcel: Parcel) -> Verdict:
        return await self._send(parcel)


setattr(Call, "_look", vars(_Blind)["_look"])  # noqa: B010 as it is private
