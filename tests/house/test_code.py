"""The house's rules over every module, each with a planted offender that it must catch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house import lints

MODULES = lints.modules()
BAD = {
    "too_long": "def f():\n" + "    x = 1\n" * 41,
    "too_many_parameters": "def f(a, b, c, d, e, g):\n    pass",
    "undocumented": "def f():\n    pass",
    "avoided_names": "def vendor_of(x):\n    pass",
    "names_of_machines": "path = '/home/somebody/x'",
}
GOOD = '"""Says what it is."""\n\n\ndef f(a, b):\n    """Does it."""\n    return a + b\n'


@pytest.mark.parametrize("name", BAD)
def test_a_lint_catches_what_it_is_for_and_nothing_else(name):
    lint = getattr(lints, name)
    assert lint(BAD[name])
    assert not lint(GOOD)


@pytest.mark.parametrize("name", BAD)
def test_every_module_keeps_the_rule(name):
    lint = getattr(lints, name)
    found = {str(path.relative_to(lints.ROOT)): lint(path.read_text()) for path in MODULES}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_pages_speak_the_glossarys_words():
    assert lints.avoided_texts('msgid "Choose a vendor"\nmsgstr "x"\n') == ["Choose a vendor"]
    assert not lints.avoided_texts('msgid "Choose a seller"\nmsgstr "vendor"\n')
    assert lints.avoided_texts((lints.ROOT / "marketplace/web/translations/es/LC_MESSAGES/messages.po").read_text()) == []


def test_only_two_files_commit():
    assert lints.commits("db.session.commit()") == [1]
    found = {str(path.relative_to(lints.ROOT)) for path in MODULES if lints.commits(path.read_text())}
    assert found == lints.COMMITTERS


def test_nothing_is_called_after_nothing():
    assert [str(path) for path in MODULES if lints.NAMES.match(path.stem) or any(map(lints.NAMES.match, path.parts))] == []


def test_imports_go_down_the_floors_only():
    command = [str(lints.Path(sys.executable).parent / "lint-imports")]
    done = subprocess.run(command, cwd=lints.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
