"""Names that programs use have words for people: rights, acts of the trail, and work."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

from marketplace.core import outbox
from marketplace.identity.access import ROLES
from marketplace.offers.models import FreightRule, OrderMinimum, SellerPause, StockLocation
from marketplace.operators import checks
from marketplace.web import acts, fields, rights

ROOT = Path(__file__).parents[3]
MADE = re.compile(r"""audit\.record\(\s*[^,"]+,\s*(?=[^"'\s])""")
ACT = re.compile(r"""audit\.record\(\s*[^,"]+,\s*["']([\w.:]+)["']""")


def test_every_right_that_a_key_can_have_is_said_in_words():
    wanted = frozenset().union(*ROLES.values()) - {"key:manage"}
    assert wanted <= rights.WORDS.keys(), sorted(wanted - rights.WORDS.keys())


def test_every_act_of_the_trail_is_said_in_words():
    code = (path.read_text() for package in ("marketplace", "sellers", "resellers", "manufacturers") for path in (ROOT / package).rglob("*.py"))
    found = {name for text in code for name in ACT.findall(text)}
    found |= {f"{table.__tablename__}:{verb}" for table in (FreightRule, OrderMinimum) for verb in ("save", "remove")}
    found |= {f"{StockLocation.__tablename__}:save", f"{SellerPause.__tablename__}:remove"}
    assert len(found) > 30 and found <= acts.ACTS.keys(), sorted(found - acts.ACTS.keys())


def test_an_act_whose_name_is_put_together_is_one_that_the_test_of_words_knows():
    """The names of the delivery terms are made of their tables' and asked for above; a new one of the kind has to be, too."""
    assert MADE.search('audit.record(actor, f"{kind}:save", row.id)') and not MADE.search('audit.record(actor, "key.made", row.id)')
    found = [path.name for package in ("marketplace", "sellers", "resellers", "manufacturers")
             for path in (ROOT / package).rglob("*.py") for _ in MADE.findall(path.read_text())]
    assert found == ["service.py"] * 2


def test_every_kind_of_work_is_said_in_words(app):
    ours = {topic for topic in outbox.handlers if not topic.startswith("test.")}
    assert ours <= acts.TOPICS.keys(), sorted(ours - acts.TOPICS.keys())


def test_everything_that_is_compared_is_said_in_words(app, session):
    names = {re.sub(r", the newest \d+", "", check.name) for check in checks.run_all()}
    with app.test_request_context("/?lang=en"):
        ours = {str(text) for text in acts.COMPARED}
    assert len(names) > 15 and names <= ours, sorted(names - ours)


def test_a_person_reads_what_a_key_may_do_and_a_program_finds_its_name(client, market):
    browser = client(market.user(market.seller()))
    browser.post("/seller/keys", data={"name": "ERP", "permissions": ["offer:read"]})
    page = browser.get("/seller/keys").get_data(as_text=True)
    assert "See offers, prices and stock" in page and '<code class="code-small">offer:read</code>' in page
    assert "Accept, refuse and ship orders" in page
    assert "Aceptar, rechazar y enviar pedidos" in browser.get("/seller/keys?lang=es", follow_redirects=True).get_data(as_text=True)


def test_an_address_that_is_not_there_is_said_without_technical_words(client, market):
    reseller = market.reseller()
    for browser, path in ((client(), "/nothing"), (client(host=market.storefront(reseller).host), "/nothing"),
                          (client(market.user(market.operator())), "/operator/orders/ord_x")):
        answer = browser.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 404 and "The page may have moved" in page
        assert "URL" not in page and "not_found" not in page and "For support: req_" in page


ONLY_PROGRAMS = {"$.version", "$.currency", "Content-Type", "Idempotency-Key", "cursor", "json", "next"}


def refused_fields():
    """Every field of a form that a page loads, and every field that something is refused at."""
    for package in ("marketplace", "sellers", "resellers", "manufacturers"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.keyword) and node.arg == "field" and isinstance(node.value, ast.Constant):
                    yield node.value.value
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "forms.load":
                    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
                    yield from eval(ast.unparse(node.args[0]), vars(module))().fields


def test_every_field_that_is_refused_has_a_label():
    found = set(refused_fields()) - ONLY_PROGRAMS
    assert len(found) > 60 and found <= fields.WORDS.keys(), sorted(found - fields.WORDS.keys())


def test_a_summary_of_errors_names_fields_as_the_form_does(client, market):
    browser = client(market.user(market.seller()))
    browser.get("/seller/?lang=es")
    page = browser.post("/seller/delivery/freight", data={"currency": "EUR"}).get_data(as_text=True)
    assert "Días laborables</a>: Esto es necesario" in page and "transit days" not in page


def test_a_search_that_asks_too_little_is_refused_in_words(client, market):
    browser = client(host=market.storefront(market.reseller()).host)
    page = browser.get("/search?attribute=a&lang=es", follow_redirects=True).get_data(as_text=True)
    assert "Atributo: Esto tiene de 3 a 240 caracteres." in page
