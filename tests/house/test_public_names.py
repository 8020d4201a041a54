"""A public name is exported and says what it promises."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.tree import SOURCE, modules

Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

# Alembic reads these by file, nobody imports from them.
MIGRATIONS = SOURCE / "store" / "migrations"
MODULES = [path for path in modules() if MIGRATIONS not in path.parents]


def public(body: list[ast.stmt]) -> Iterator[Named]:
    """Classes and functions without a leading underscore."""
    for node in body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield node


def exported(tree: ast.Module) -> set[str] | None:
    """What `__all__` lists; None where there is none."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return None


def undocumented(tree: ast.Module) -> list[str]:
    """Public classes, functions and methods that promise nothing."""
    missing = [] if ast.get_docstring(tree) else ["the module itself"]
    for node in public(tree.body):
        if not ast.get_docstring(node):
            missing.append(node.name)
        if isinstance(node, ast.ClassDef):
            missing += [
                f"{node.name}.{method.name}"
                for method in public(node.body)
                if not ast.get_docstring(method) and not inherits_its_promise(node, method)
            ]
    return missing


def inherits_its_promise(owner: ast.ClassDef, method: Named) -> bool:
    """A method of a subclass may be promised by its parent; an overload by what follows it."""
    decorators = {ast.unparse(decorator) for decorator in method.decorator_list}
    return bool(owner.bases) or bool(decorators & {"overload", "typing.overload"})


def unexported(tree: ast.Module) -> list[str]:
    """Public names that `__all__` does not list."""
    names = [node.name for node in public(tree.body)]
    return [name for name in names if name not in (exported(tree) or set())]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_public_names_are_exported_and_documented(path) -> None:
    tree = ast.parse(path.read_text())
    assert not undocumented(tree), f"{path.name}: no docstring on {undocumented(tree)}"
    assert not unexported(tree), f"{path.name}: not in __all__: {unexported(tree)}"


def test_a_silent_and_a_hidden_name_are_found() -> None:
    tree = ast.parse('"""Doc."""\n__all__ = ["A"]\nclass A:\n    def b(self): ...\ndef c(): ...\n')
    assert undocumented(tree) == ["A", "A.b", "c"]
    assert unexported(tree) == ["c"]
