"""No page shows an English text to a reader of another language, and what is served is what was written."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from marketplace.web import gathering

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "marketplace" / "web" / "translations"
METHODS, OPTIONS = parse_mapping_cfg((ROOT / "marketplace" / "web" / "babel.cfg").open())
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None, "_l": None, "ngettext": (1, 2)}
PLACE = re.compile(r"%\(\w+\)[sd]")


@pytest.fixture(scope="module")
def texts():
    found = set()
    for package in ("marketplace", "sellers", "resellers", "manufacturers"):
        for _file, _line, message, _comments, _context in extract_from_dir(str(ROOT / package), METHODS, OPTIONS, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return found


UNSHOWN = ("commands.py", "demo", "replay", "sandbox", "doctor.py", "verify.py", "metrics.py", "services.py", "outage.py", "refusals.py", "problem.py", "comparison.py")
"""What speaks to a terminal, to programs, or of our own bugs, and the table of words that are not ours."""


def sentences(code):
    """Every sentence in a module that is neither a comment on it, nor a bug's, nor a description for programs."""
    tree = ast.parse(code)
    silent = set()
    for node in ast.walk(tree):
        called = getattr(node, "exc", node) if isinstance(node, ast.Raise | ast.Call) else None
        name = getattr(getattr(called, "func", None), "attr", getattr(getattr(called, "func", None), "id", ""))
        if (isinstance(node, ast.Raise) and name in gathering.SILENT) or name in ("blueprint", "ngettext") or getattr(node, "arg", "") in ("description", "alt_response"):
            silent.update(ast.walk(node))
        elif isinstance(node, ast.Dict):
            silent.update(value for key, value in zip(node.keys, node.values, strict=True) if getattr(key, "value", "") in ("description", "__doc__"))
        elif isinstance(node, ast.Expr | ast.JoinedStr):
            silent.update(getattr(node, "values", [getattr(node, "value", None)]))
    for node in set(ast.walk(tree)) - silent:
        text = node.value if isinstance(node, ast.Constant) else gathering._with_places(node) if isinstance(node, ast.JoinedStr) else ""
        if isinstance(text, str) and re.fullmatch(r"[A-Z%][^\n]* [^\n]*\.", text):
            yield text


def test_every_sentence_of_the_rooms_and_pages_reaches_the_translators(texts):
    found = {text: path for package in ("marketplace", "sellers", "resellers", "manufacturers") for path in (ROOT / package).rglob("*.py")
             if not set(path.parts) & set(UNSHOWN) for text in sentences(path.read_text())}
    missed = {text: path.name for text, path in found.items() if text not in texts}
    assert len(found) > 200 and not missed, missed


def test_a_sentence_is_found_wherever_it_stands():
    assert set(sentences('"""A comment on it."""\n_hold(x, "Money has to wait.")\nWORDS = {"message": f"{a} is gone."}')) == {"Money has to wait.", "%(a)s is gone."}
    assert not set(sentences('raise ValueError("A bug of ours.")\nfield(metadata={"description": "For programs only."})'))


def _catalog(language):
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return read_po(source, locale=language)


@pytest.mark.parametrize("language", ["es", "pt_BR"])
def test_every_text_of_the_pages_is_translated(language, texts):
    catalog = _catalog(language)
    missing = sorted(text for text in texts if text and (catalog.get(text) is None or not catalog.get(text).string))
    assert not missing, f"{len(missing)} texts have no {language}: {missing[:20]}"


@pytest.mark.parametrize("language", ["es", "pt_BR"])
def test_translations_keep_the_places_for_values(language):
    for message in _catalog(language):
        if isinstance(message.id, str) and message.id:
            assert sorted(PLACE.findall(message.id)) == sorted(PLACE.findall(message.string)), message.id


@pytest.mark.parametrize("language", ["es", "pt_BR"])
def test_the_compiled_file_is_not_stale(language):
    with (FOLDER / language / "LC_MESSAGES" / "messages.mo").open("rb") as source:
        compiled = _words(read_mo(source))
    assert compiled == _words(_catalog(language))


def _words(catalog):
    def one(text):
        return text if isinstance(text, str) else tuple(text)

    return {one(message.id): one(message.string) for message in catalog if message.id}


def test_a_wished_language_is_remembered_and_leaves_the_address(client):
    visitor = client()
    answer = visitor.get("/sign-in?next=/seller/&lang=es")
    assert answer.status_code == 303
    assert answer.location.endswith("/sign-in?next=%2Fseller%2F")
    page = visitor.get(answer.location).get_data(as_text=True)
    assert '<html lang="es">' in page
    assert "Contraseña" in page


def test_what_is_refused_is_said_in_the_readers_language_and_programs_get_it_in_english(client, market):
    """A verb's refusal, the form library's words, and an address without a right."""
    browser = client(market.user(market.seller()))
    texts = []
    for language in ("en", "es", "pt_BR"):
        browser.get(f"/seller/?lang={language}")
        texts.append(browser.post("/seller/keys", data={"name": ""}).get_data(as_text=True) + browser.post("/seller/keys", data={"name": "x"}).get_data(as_text=True))
    assert "This is needed." in texts[0] and "only rights that you have yourself" in texts[0]
    assert "Esto es necesario." in texts[1] and "derechos que usted mismo tiene" in texts[1]
    assert "Isto é necessário." in texts[2] and "direitos que você mesmo tem" in texts[2]
    answer = browser.post("/api/v1/seller/keys", json={"name": "x", "permissions": []})
    assert answer.json["error"]["message"] == "A key can be given only rights that you have yourself."
    clerk = client(market.user(market.seller(), "seller_clerk"))
    clerk.get("/seller/?lang=es")
    assert "No tiene derecho a hacer esto." in clerk.get("/seller/keys").get_data(as_text=True)
