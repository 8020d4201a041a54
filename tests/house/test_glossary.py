"""Every noun of the core stands in the glossary."""

import ast
import re

from tests.house.test_public_names import public
from tests.house.tree import ROOT, SOURCE

GLOSSARY = ROOT / "docs" / "glossary.md"


def core_nouns() -> list[str]:
    """The classes of the core; errors are conditions, not nouns."""
    files = sorted((SOURCE / "core").glob("*.py"))
    return [
        node.name
        for path in files
        for node in public(ast.parse(path.read_text()).body)
        if isinstance(node, ast.ClassDef) and not node.name.endswith("Error")
    ]


def missing_from(text: str, nouns: list[str]) -> list[str]:
    """Nouns that are neither written as in code nor as in a sentence: `ReadBack`, read-back."""
    lowered = text.lower()
    missing: list[str] = []
    for noun in nouns:
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*", noun)
        pattern = r"\b" + "[ -]?".join(word.lower() for word in words) + r"s?\b"
        if not re.search(pattern, lowered):
            missing.append(noun)
    return missing


def test_the_glossary_has_every_noun_of_the_core() -> None:
    missing = missing_from(GLOSSARY.read_text(), core_nouns())
    assert not missing, f"docs/glossary.md does not mention {missing}"


def test_a_word_inside_another_is_not_a_mention() -> None:
    assert missing_from("A read-back of commands.", ["ReadBack", "Command", "Comma"]) == ["Comma"]
