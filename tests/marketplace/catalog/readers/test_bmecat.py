"""BMEcat 1.2 and 2005 files are read by local names; entities and broken files are refused."""

import gzip
import os
from pathlib import Path

import pytest

from marketplace.catalog import readers
from marketplace.catalog.readers import bmecat

DATA = Path(os.environ.get("MARKETSQUARE_DATA", Path(__file__).parents[4] / "../shared/data")) / "bmecat"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the BMEcat samples are not on this machine")


def catalog(products, ns="http://www.bmecat.org/bmecat/2005", transaction="T_NEW_CATALOG"):
    return f'<?xml version="1.0"?>\n<BMECAT xmlns="{ns}"><HEADER/><{transaction}>{products}</{transaction}></BMECAT>'.encode()


def product(pid="1", extra=""):
    return f"<PRODUCT><SUPPLIER_PID>{pid}</SUPPLIER_PID><PRODUCT_DETAILS><DESCRIPTION_SHORT>Thing {pid}</DESCRIPTION_SHORT>{extra}</PRODUCT_DETAILS></PRODUCT>"


def rows(content):
    return list(readers.read(content, readers.detect(content), {}))


@pytest.mark.parametrize("ns", ["", "http://www.bmecat.org/bmecat/2005", "urn:anything"])
def test_products_are_found_whatever_the_namespace(ns):
    assert [row.data["mpn"] for row in rows(catalog(product("1") + product("2"), ns))] == ["1", "2"]


def test_what_is_not_mapped_is_listed():
    content = catalog(product(extra="<DELIVERY_TIME>2</DELIVERY_TIME>"))
    assert bmecat.unmapped(content, {}) == ["DELIVERY_TIME"]


def test_english_is_preferred_and_the_manufacturers_number_beats_the_suppliers():
    extra = ("<MANUFACTURER_PID>M-9</MANUFACTURER_PID><DESCRIPTION_LONG lang='deu'>Relais</DESCRIPTION_LONG>"
             "<DESCRIPTION_LONG lang='eng'>Relay &amp;sup2;</DESCRIPTION_LONG>")
    row, = rows(catalog(product(extra=extra)))
    assert (row.data["mpn"], row.data["description"]) == ("M-9", "Relay ²")


LAUGHS = b"""<?xml version="1.0"?>
<!DOCTYPE BMECAT [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<BMECAT><T_NEW_CATALOG><PRODUCT><SUPPLIER_PID>&b;</SUPPLIER_PID></PRODUCT></T_NEW_CATALOG></BMECAT>"""
OUTSIDE = b"""<!DOCTYPE BMECAT [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<BMECAT><T_NEW_CATALOG><PRODUCT><SUPPLIER_PID>&x;</SUPPLIER_PID></PRODUCT></T_NEW_CATALOG></BMECAT>"""


@pytest.mark.parametrize("content", [LAUGHS, OUTSIDE, LAUGHS.decode().replace('<?xml version="1.0"?>', "").encode("utf-16")])
def test_entities_are_refused_before_anything_is_expanded(content):
    with pytest.raises(readers.FileRefused, match="entities"):
        rows(content)


@pytest.mark.parametrize(("content", "line"), [
    (b"<BMECAT>\n<T_NEW_CATALOG>\n<PRODUCT>", 3), (b"<html>\n</html>", 1),
    (b"<BMECAT>\n<T_NEW_CATALOG>\n<PRODUCT>&nbsp;</PRODUCT></T_NEW_CATALOG></BMECAT>", 3),
])
def test_a_malformed_file_is_refused_with_its_line(content, line):
    with pytest.raises(readers.FileRefused) as refused:
        rows(content)
    assert refused.value.line == line


def test_prices_alone_are_refused_because_a_product_has_none():
    with pytest.raises(readers.FileRefused, match="prices belong to sellers"):
        bmecat.mode(catalog(product(), transaction="T_UPDATE_PRICES"))


def test_a_gzip_bomb_is_refused():
    with pytest.raises(readers.FileRefused, match="200 MB"):
        readers.opened(gzip.compress(b" " * 201_000_000, 9))


@needs_data
def test_the_makers_real_catalog_gives_number_gtin_name_and_attributes():
    path = DATA / "WEI_BMECat_7760056069.xml.gz"
    row, = rows(readers.opened(path.read_bytes()))
    assert (row.data["mpn"], row.data["gtin"], row.data["name"]) == ("7760056069", "04032248855865", "Relay")
    assert row.data["attributes"]["Nettogewicht"] == "0.0359" and not row.errors


@needs_data
@pytest.mark.parametrize("path", sorted(DATA.glob("*.xml*")) if DATA.is_dir() else [], ids=lambda path: path.name)
def test_every_sample_is_read_or_refused_with_line_and_reason(path):
    try:
        content = readers.opened(path.read_bytes())
        bmecat.mode(content)
        for row in rows(content):
            assert row.data["mpn"] and row.data["name"]
    except readers.FileRefused as refused:
        assert refused.line and refused.message


@needs_data
def test_the_sample_with_a_category_tree_and_features_round_trips_the_mapped_fields():
    row, = rows((DATA / "bmecat2005_testdata_new_catalog.golden.xml").read_bytes())
    data = row.data
    assert (data["mpn"], data["brand"], data["unit"]) == ("MPN", "Microsoft", "BOX")
    assert (data["name"], data["category"]) == ('Apple MacBook Pro 13"', "Hardware / Notebook / Mac")
    assert data["attributes"]["Netzspannung"] == "110 / 220 VLT"
    assert [error["code"] for error in row.errors] == ["BAD_GTIN"]
