"""The house's lints: each takes source text (or a parsed module) and gives back what is wrong, in words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("marketplace", "sellers", "resellers", "manufacturers")
MOST_LINES, MOST_IN_A_FUNCTION, MOST_PARAMETERS = 500, 40, 6
NAMES = re.compile(r"^(utils?|helpers?|common|base|managers?)$")
AVOIDED_NAME = re.compile(r"vendor|merchant", re.IGNORECASE)
AVOIDED_TEXT = re.compile(r"\b(?:vendor|merchant|shop|item|transaction)s?\b", re.IGNORECASE)
COMMITTERS = {"marketplace/web/app.py", "marketplace/core/jobs.py"}
MACHINE = re.compile(r"/(?:home|root|Users)/\w|/work/(?:main|shared)|https?://(?:pypi|files\.pythonhosted|registry\.npmjs)")


def modules() -> list[Path]:
    """Every module of the product."""
    return [ROOT / "wsgi.py", *sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))]


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def too_long(source: str) -> list[str]:
    """Modules past the cap, functions past theirs."""
    found = [f"{len(source.splitlines())} lines"] if len(source.splitlines()) > MOST_LINES else []
    return found + [node.name for node in functions(ast.parse(source)) if node.end_lineno - node.lineno >= MOST_IN_A_FUNCTION]


def too_many_parameters(source: str) -> list[str]:
    """Functions that take more than five things, `self` and keyword-only options with defaults aside."""
    def count(node: ast.FunctionDef) -> int:
        named = [one.arg for one in node.args.args if one.arg not in {"self", "cls"}]
        return len(named) + sum(default is None for default in node.args.kw_defaults)
    return [node.name for node in functions(ast.parse(source)) if count(node) >= MOST_PARAMETERS]


def commits(source: str) -> list[int]:
    """Lines that commit a session; releasing a savepoint is not that."""
    return [node.lineno for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"db.session.commit", "session.commit"}]


def undocumented(source: str) -> list[str]:
    """A module without a docstring, and its public top-level functions and classes without one."""
    tree = ast.parse(source)
    found = [] if ast.get_docstring(tree) or not tree.body else ["module"]
    return found + [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)
                    and not node.name.startswith("_") and ast.get_docstring(node) is None]


def names_of_machines(source: str) -> list[str]:
    """Paths of a machine and addresses of registries."""
    return MACHINE.findall(source)


def avoided_names(source: str) -> list[str]:
    """Classes and functions called by a word that the glossary avoids."""
    named = [node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    return [name for name in named if AVOIDED_NAME.search(name)]


def avoided_texts(catalogue: str) -> list[str]:
    """Texts of pages (the msgids of a language file) that use such a word."""
    texts = re.findall(r'^msgid(?:_plural)? "(.+)"$', catalogue, re.MULTILINE)
    return [text for text in texts if AVOIDED_TEXT.search(text)]
