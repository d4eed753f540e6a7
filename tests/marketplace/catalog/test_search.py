"""What a person types finds the product: words, parts of words, part numbers, GTINs; by an index."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from marketplace.catalog import identifiers, search, texts
from marketplace.catalog.models import Product, Variant
from marketplace.core import clock
from marketplace.core.db import db


@pytest.fixture
def shelf(market):
    brand = market.brand(market.manufacturer("Volta Works"), "Volta")
    relays, fuses = market.category("Relays"), market.category("Fuses")
    make = market.variant
    return {
        "relay": make(brand, "Relay module M3 24 V", category=relays, mpn="GRM-188-71", attributes={"Contacts": "AgNi"}),
        "relay2": make(brand, "Relay socket M5", category=relays, mpn="DRM.270"),
        "fuse": make(brand, "Schmelzsicherung 100%_träge", category=fuses, mpn="F-1"),
    }


def found(query):
    rows = db.session.scalars(db.select(Variant.name).where(search.matches(query)).order_by(
        search.rank(query), Variant.sort_key, Variant.id))
    return [name.split()[0] + " " + name.split()[1] for name in rows]


@pytest.mark.parametrize(("query", "names"), [
    ("relay", ["Relay module", "Relay socket"]), ("RELAY sock", ["Relay socket"]), ("sicherung", ["Schmelzsicherung 100%_träge"]),
    ("m3", ["Relay module"]), ("m3 relay", ["Relay module"]), ("grm18871", ["Relay module"]), ("GRM 188 71", ["Relay module"]),
    ("drm270", ["Relay socket"]), ("agni", ["Relay module"]), ("TRÄGE", ["Schmelzsicherung 100%_träge"]),
    ("100%_", ["Schmelzsicherung 100%_träge"]), ("nothing like it", []), ("re%ay", []), ("volta fuse", []),
])
def test_words_and_parts_of_words_find_the_product(shelf, query, names):
    assert found(query) == names


def test_a_gtin_finds_its_product_in_both_lengths(shelf):
    gtin = shelf["fuse"].gtin
    assert found(gtin) == found(gtin[1:]) == ["Schmelzsicherung 100%_träge"]


def test_the_very_part_number_comes_first(shelf, market):
    brand = market.brand(market.manufacturer())
    market.variant(brand, "Adapter for DRM.270", mpn="ADP-1")
    assert found("drm.270") == ["Relay socket", "Adapter for"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_nothing_a_person_types_breaks_the_search(shelf, query):
    found(query)


def many(market, count=4000):
    brand = market.brand(market.manufacturer())
    now, rows, products = clock.now(), [], []
    for n in range(count):
        name, mpn = f"Part {n:05d} of batch", f"QX-{n:05d}"
        shared = {"manufacturer_id": brand.manufacturer_id, "brand_id": brand.id, "category_id": None, "name": name,
                  "attributes": {}, "created_at": now, "updated_at": now}
        products.append(shared | {"id": f"prd_{n}", "description": None})
        rows.append(shared | {"id": f"var_{n}", "product_id": f"prd_{n}", "mpn": mpn, "mpn_key": identifiers.mpn_key(mpn),
                              "gtin": None, "unit": "C62", "status": "active", "sort_key": texts.sort_key(name),
                              "text": texts.line(brand.name, name, mpn, None, {})})
    db.session.execute(insert(Product), products)
    db.session.execute(insert(Variant), rows)


@pytest.mark.parametrize(("query", "index"), [("qx01234", "ix_variants_text"), ("01234", "ix_variants_text"), ("zz", "ix_variants_search")])
def test_a_search_goes_by_its_index(market, query, index):
    many(market)
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    statement = db.select(Variant.id).where(search.matches(query))
    compiled = statement.compile(dialect=db.engine.dialect)
    plan = "\n".join(db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).scalars())
    assert index in plan and "Seq Scan" not in plan
