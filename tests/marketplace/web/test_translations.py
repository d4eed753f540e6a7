"""No page shows an English text to a reader of another language, and what is served is what was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

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
