"""Gathers what pages say for the translators: marked texts, and what rooms say when they refuse or move something.

Used by `make messages` and its test only. Rooms know no languages, so their texts carry no mark: a refusal's class and
the place where it is raised are mark enough. Where a sentence has values in it, the translators get it with a place
for each: f"{text!r} is not an amount." becomes "%(text)s is not an amount.".
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from typing import IO, Any

from babel.messages.extract import extract_python

SILENT = {"ValueError", "RuntimeError", "TypeError", "AssertionError", "TimeoutError", "UsageError", "ClickException", "SystemExit", "ServiceFailed"}
"""Bugs and words of the command line: no page shows them."""
CALLS = {"advance", "advance_all", "refuse", "mark_paid", "cancel_unpaid", "task", "record", "_hold"}
"""Calls whose sentences are shown: steps of a timeline, what is wrong with a row of a file, what the operator must look at."""
SPOKEN = ("routing/explain.py", "routing/eligibility.py")
"""Modules whose every sentence is shown."""


def extract(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """The texts of a Python file, as Babel asks for them."""
    content = file.read()
    yield from extract_python(io.BytesIO(content), keywords, tags, options)
    tree = ast.parse(content)
    is_spoken = str(getattr(file, "name", "")).endswith(SPOKEN)
    for node in ast.walk(tree):
        for text in _sentences(node) if is_spoken else _texts(node):
            if " " in text.strip() or (is_spoken and text.endswith(".")):
                yield node.lineno, "gettext", text, []  # type: ignore[attr-defined]


def _texts(node: ast.AST) -> Iterator[str]:
    """A class's message, the text with which something is raised or a field is refused, a row's message (in a table, too), or what one of CALLS says."""
    if isinstance(node, ast.ClassDef):
        for line in node.body:
            if isinstance(line, ast.Assign | ast.AnnAssign):
                for target in line.targets if isinstance(line, ast.Assign) else [line.target]:
                    yield from _named(target, line.value)
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
        called = getattr(node.exc.func, "id", getattr(node.exc.func, "attr", ""))
        if called not in SILENT and not called.startswith("_"):
            yield from _words(node.exc.args[:1])
    elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
        yield from _words(node.args)
    elif isinstance(node, ast.keyword) and node.arg == "error":
        yield from _words([node.value])
    elif isinstance(node, ast.Tuple):
        yield from (text for text in _words(node.elts) if text.endswith("."))
    elif isinstance(node, ast.Dict):
        yield from _words([value for key, value in zip(node.keys, node.values, strict=True) if getattr(key, "value", "") == "message"])


def _sentences(node: ast.AST) -> Iterator[str]:
    """What a function gives back or puts into a list, and a table's values."""
    if isinstance(node, ast.Return) and node.value is not None:
        yield from _words([node.value])
    elif isinstance(node, ast.List):
        yield from _words(node.elts)
    elif isinstance(node, ast.Dict):
        yield from _words(node.values)
    elif isinstance(node, ast.Assign):
        yield from _words([node.value])
    elif isinstance(node, ast.GeneratorExp):
        yield from _words([node.elt])


def _words(arguments: list[ast.expr]) -> Iterator[str]:
    for one in arguments:
        if isinstance(one, ast.IfExp):
            yield from _words([one.body, one.orelse])
        elif isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value
        elif isinstance(one, ast.JoinedStr):
            yield _with_places(one)


def _with_places(text: ast.JoinedStr) -> str:
    """A text with values as one with named places; a value that is no name is called by its number."""
    parts: list[str] = []
    names: list[str] = []
    for part in text.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value).replace("%", "%%"))
        elif isinstance(part, ast.FormattedValue):
            name = getattr(part.value, "id", getattr(part.value, "attr", "value"))
            names.append(name.lower() if name not in names else f"{name.lower()}{len(names) + 1}")
            parts.append(f"%({names[-1]})s")
    return "".join(parts)


def _named(target: ast.expr, value: ast.expr | None) -> Iterator[str]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, inner in zip(target.elts, value.elts, strict=True):
            yield from _named(one, inner)
    elif isinstance(target, ast.Name) and target.id == "message" and isinstance(value, ast.Constant):
        yield str(value.value)
