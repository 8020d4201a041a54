"""Our small notes on a local disk: links that lead nowhere and hold the text.

A link appears whole or not at all, and its text comes onto the disk with its name: nothing of it
has to be flushed by itself. A share that knows no links gets files.
"""

__all__ = ["claimed", "text_at", "write_note"]

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from andon.connectors._folders.flushing import write_whole

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


def write_note(path: Path, text: str, *, like: Path | None = None) -> None:
    """Whatever was noted there before is replaced. A note that says the same, and that we have
    written, gets one more name where the disk can do that."""
    try:
        if like is None or not _named_too(like, path):
            _link(path, text)
    except FileExistsError:
        if text_at(path) != text:
            _replace(path, text)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _replace_file(path, text)


def text_at(path: Path) -> str | None:
    """A note, be it a link or a file; None when there is none."""
    try:
        return os.readlink(os.fsencode(path)).decode()
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno != errno.EINVAL:  # what is said of all that is no link
            raise
    with suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    return None


def claimed(path: Path, text: str) -> bool:
    """Whether the note is ours; False when there is one, which is never replaced. A share that
    knows no links of any kind gets an exclusive file, which a kill may leave empty: then it is
    nobody's."""
    for claim in (_link, _link_file):
        try:
            claim(path, text)
        except FileExistsError:
            return False
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
        else:
            return True
    return _claimed_in_place(path, text)


def _link(path: Path, text: str) -> None:
    os.symlink(text.encode(), os.fsencode(path))


def _named_too(note: Path, path: Path) -> bool:
    """Never of a file: whoever claimed with it did not flush what stands in it."""
    if not os.path.islink(note):
        return False
    try:
        os.link(note, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError):
        return False  # whatever speaks against it: a note of its own says the same
    return True


def _link_file(path: Path, text: str) -> None:
    whole = _unseen(path)
    try:
        whole.write_text(text, encoding="utf-8")
        os.link(whole, path)
    finally:
        whole.unlink(missing_ok=True)


def _claimed_in_place(path: Path, text: str) -> bool:
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _replace(path: Path, text: str) -> None:
    unseen = _unseen(path)
    _link(unseen, text)
    unseen.replace(path)


def _replace_file(path: Path, text: str) -> None:
    unseen = _unseen(path)
    write_whole(unseen, text.encode())
    unseen.replace(path)


def _unseen(path: Path) -> Path:
    return path.with_name(f"{path.name}~{secrets.token_hex(4)}")
