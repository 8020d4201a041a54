"""aiosmtpd in a process of its own: STARTTLS, a password, mails kept in a folder.

``python -m tests.contract.smtpd PORT FOLDER CERTIFICATE KEY``. While the folder holds a file named
`lose`, the next mail is kept and its sender gets no answer.
"""

import asyncio
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class _Keeps:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_RCPT(  # noqa: N802 the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return f"550 5.1.1 {address}: no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        number = len(list(self._folder.glob("*.eml")))
        content = envelope.content
        assert isinstance(content, bytes)
        (self._folder / f"{number:06}.eml").write_bytes(content)
        lose = self._folder / "lose"
        if lose.exists():
            lose.unlink()
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 Taken"


def _lets_in(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth: Any
) -> AuthResult:
    known = isinstance(auth, LoginPassword) and auth.password == b"post-secret"
    return AuthResult(success=known, handled=False)


async def _serve(port: int, folder: Path, certificate: str, key: str) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def one() -> SMTP:
        return SMTP(
            _Keeps(folder), tls_context=context, require_starttls=True,
            authenticator=_lets_in, auth_required=True, enable_SMTPUTF8=False,
        )  # fmt: skip

    server = await asyncio.get_running_loop().create_server(one, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]))
