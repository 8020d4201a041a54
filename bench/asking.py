"""Questions to processes on this machine, past any proxy the environment names."""

import urllib.request

__all__ = ["answer"]

_ANSWER_WITHIN = 30.0
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def answer(url: str, *, body: bytes | None = None, key: str = "") -> bytes:
    """What a GET gives, or a POST if there is a body. Raises ``OSError`` for all but a 2xx."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    request = urllib.request.Request(url, data=body, headers=headers)
    with _DIRECTLY.open(request, timeout=_ANSWER_WITHIN) as answered:
        return answered.read()
