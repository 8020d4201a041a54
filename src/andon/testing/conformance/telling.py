"""Settings: a form, a schema, and every mistake named."""

__all__ = ["TELLING", "form", "wrong_settings"]

from collections.abc import Mapping
from typing import Any

import msgspec
from jsonschema import Draft202012Validator

from andon.core.filling import filled
from andon.core.form import Form, form_of
from andon.testing.conformance.check import check, promise
from andon.testing.conformance.trial import Plain, Trial

_EMPTY: list[Any] = []
_ODD: tuple[Any, ...] = ([_EMPTY], {"odd": [_EMPTY]}, "\0 odd", 10**30)
"""Values few settings take; each setting is given the first one it refuses."""


@check()
async def form(trial: Trial) -> None:
    """Settings make a form: every field has a docstring, and a JSON Schema describes them all."""
    made: Form = form_of(trial.kind.settings_type)
    bare = [field.name for field in made.fields if not field.says]
    promise(not bare, f"these settings have no docstring: {', '.join(bare)}")
    Draft202012Validator.check_schema(made.schema)
    unlisted = {field.name for field in made.fields} - made.schema["properties"].keys()
    promise(not unlisted, f"the schema does not describe {unlisted}")
    promise(trial.settings(), "the counterpart's own settings are refused")


@check()
async def wrong_settings(trial: Trial) -> None:
    """Wrong settings name all mistakes at once, each with its key."""
    shape = trial.kind.settings_type
    right = dict(trial.counterpart.settings())
    wrong = {
        field.encode_name: value
        for field in msgspec.structs.fields(shape)
        if (value := _refused(trial, right, field.encode_name)) is not None
    }
    lenient = {f.encode_name for f in msgspec.structs.fields(shape)} - wrong.keys()
    promise(not lenient, f"these settings take any nonsense: {', '.join(sorted(lenient))}")
    found = filled(shape, {**wrong, "no_such_setting": 1}, at="t", references=Plain())
    promise(isinstance(found, list), "nonsense in every setting was taken")
    said = {fault.at for fault in found} if isinstance(found, list) else set[str]()
    for key in [*wrong, "no_such_setting"]:
        promise(any(at.startswith(f"t.{key}") for at in said), f"the mistake in {key} is not named")
    required = {f.encode_name for f in msgspec.structs.fields(shape) if f.required}
    missing = filled(shape, {}, at="t", references=Plain()) if required else []
    said = {fault.at for fault in missing} if isinstance(missing, list) else set[str]()
    for key in required:
        promise(f"t.{key}" in said, f"nobody says that {key} is missing")


def _refused(trial: Trial, right: Mapping[str, Any], key: str) -> Any:
    for odd in _ODD:
        found = filled(trial.kind.settings_type, {**right, key: odd}, at="t", references=Plain())
        if isinstance(found, list) and any(fault.at.startswith(f"t.{key}") for fault in found):
            return odd
    return None


TELLING = (form, wrong_settings)
