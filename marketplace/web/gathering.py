"""Gathers what pages say for the translators: marked texts, and what rooms say when they refuse or move something.

Used by `make messages` and its test only. Rooms know no languages, so their texts carry no mark: a refusal's class and
the place where it is raised are mark enough.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from typing import IO, Any

from babel.messages.extract import extract_python

SILENT = {"ValueError", "RuntimeError", "TypeError", "AssertionError", "TimeoutError", "UsageError", "SystemExit"}
"""Bugs and words of the command line: no page shows them."""
CALLS = {"advance", "refuse", "mark_paid", "cancel_unpaid"}
"""Calls whose sentences are shown: steps of a timeline, and what is wrong with a row of a file."""


def extract(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    """The texts of a Python file, as Babel asks for them."""
    content = file.read()
    yield from extract_python(io.BytesIO(content), keywords, tags, options)
    for node in ast.walk(ast.parse(content)):
        for text in _texts(node):
            if " " in text:
                yield node.lineno, "gettext", text, []  # type: ignore[attr-defined]


def _texts(node: ast.AST) -> Iterator[str]:
    """A class's message, the text with which something is raised, or what one of CALLS says."""
    if isinstance(node, ast.ClassDef):
        for line in node.body:
            targets = line.targets if isinstance(line, ast.Assign) else [line.target] if isinstance(line, ast.AnnAssign) else []
            for target in targets:
                yield from _named(target, line.value)  # type: ignore[union-attr]
    elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
        called = getattr(node.exc.func, "id", getattr(node.exc.func, "attr", ""))
        if called not in SILENT and not called.startswith("_"):
            yield from _words(node.exc.args[:1])
    elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS:
        yield from _words(node.args)


def _words(arguments: list[ast.expr]) -> Iterator[str]:
    for one in arguments:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def _named(target: ast.expr, value: ast.expr | None) -> Iterator[str]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, inner in zip(target.elts, value.elts, strict=True):
            yield from _named(one, inner)
    elif isinstance(target, ast.Name) and target.id == "message" and isinstance(value, ast.Constant):
        yield str(value.value)
