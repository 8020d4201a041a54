"""How a project is reached from outside: `[web]` in its parameters."""

__all__ = ["WebSettings"]

import re

import msgspec

from andon.core.errors import Fault

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]*:[0-9a-f:.]*", re.IGNORECASE)


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What stands before Andon. By default nothing does, and it is asked on its own machine."""

    hosts: tuple[str, ...] = ()
    """Names by which others ask for it, without port: `andon.example`. The address of `--host` and
    this machine's own names are always among them; any other name is refused with 421."""
    https: bool = False
    """Whether people come by HTTPS, which a proxy ends. Marks the login cookie Secure, and refuses
    pages that were loaded without it."""

    def faults(self, at: str) -> list[Fault]:
        """Hosts that no request could name."""
        return [
            Fault(
                f"{at}.hosts[{n}]",
                f"{host!r} is no host name; write it without scheme, port or path: andon.example",
            )
            for n, host in enumerate(self.hosts)
            if not _NAME.fullmatch(host)
        ]
