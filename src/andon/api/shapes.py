"""What the API takes and gives; the OpenAPI document is made from these."""

__all__ = [
    "Accepted",
    "Answer",
    "Connections",
    "Exceptions",
    "Going",
    "Healthy",
    "Login",
    "Me",
    "Note",
    "Objects",
    "Problem",
    "ProblemFault",
    "Standing",
    "Subjects",
    "Written",
]

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from andon.visibility.views import Authoritative, ConnectionView, ExceptionView, SubjectLine


class ProblemFault(Struct, frozen=True):
    """One mistake and its place, a JSON pointer into the body (or `?name` of a parameter)."""

    at: str
    says: str


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong, RFC 9457; `acts` says whose hands are needed."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | UnsetType = UNSET
    errors: list[ProblemFault] | UnsetType = UNSET
    acts: str | UnsetType = UNSET
    choices: list[str] | UnsetType = UNSET
    """Full names, where an id means several subjects."""


class Healthy(Struct, frozen=True):
    """The process answers."""

    ok: bool


class Login(Struct, frozen=True, forbid_unknown_fields=True):
    """Either a login link's token, or a name and its password."""

    link: str | None = None
    name: str | None = None
    password: str | None = None


class Me(Struct, frozen=True):
    """Who asks, and what they may do; no sites means every site."""

    name: str
    roles: list[str]
    scopes: list[str]
    sites: list[str]


class Subjects(Struct, frozen=True):
    """A page of subjects, newest first."""

    items: list[SubjectLine]
    next_before: int | None


class Objects(Struct, frozen=True):
    """A page of objects of one kind, newest first."""

    items: list[Authoritative]
    next_before: int | None


class Exceptions(Struct, frozen=True):
    """A page of cases, newest first."""

    items: list[ExceptionView]
    next_before: int | None


class Connections(Struct, frozen=True):
    """All connections the caller may see."""

    items: list[ConnectionView]


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in a person's words."""

    note: str = ""


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the case's choices."""

    answer: str


class Accepted(Struct, frozen=True):
    """Events are durable at these positions."""

    accepted: int
    positions: list[int]


class Written(Struct, frozen=True):
    """A command is done; the document number is the system's."""

    reference: str | None
    key: str
    body: dict[str, Any]


class Going(Struct, frozen=True):
    """A command is recorded and not finished; ask at `status`."""

    status: str


class Standing(Struct, frozen=True):
    """Where a command stands."""

    key: str
    type: str
    subject: str
    state: str
    reference: str | None
    connection: str | None
    attempts: int | None
    last_error: str | None
