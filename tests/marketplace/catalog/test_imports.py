"""A manufacturer's file becomes its catalog, row by row, once, and goes on where it was cut off."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.catalog import exports, identifiers, imports, queries, readers, service
from marketplace.catalog.models import CatalogImport, ImportRow, ImportStatus, Product, ProductChange, Variant
from marketplace.core import tables
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.transitions import WrongState

HEAD = "MPN,Brand,Name,EAN,Category,Description,Voltage\n"


def gtin(number):
    body = f"0400{number:09d}"
    return body + identifiers.check_digit(body)


def lines(count, bad=()):
    return HEAD + "".join(
        f"P-{n},Volta,Part {n},{'4032248855866' if n in bad else gtin(n)},Relays > Small,For rails,{n} V\n"
        for n in range(1, count + 1)
    )


@pytest.fixture
def maker(market):
    return market.actor(market.manufacturer("Volta Works"))


def staged(actor, text, mapping=None):
    content = text if isinstance(text, bytes) else text.encode()
    record = imports.receive(actor, actor.organization_id, "catalog.csv", content, mapping)
    while record.status in {ImportStatus.RECEIVED, ImportStatus.READING}:
        imports.stage(record.id, record.done)
    return record


def applied(actor, text, size=1000, **how):
    record = staged(actor, text)
    if record.status == ImportStatus.APPLIED:
        return record
    imports.approve(actor, record.id, **how)
    while imports.apply(record.id, size):
        pass
    return record


def live(actor):
    return db.session.scalars(db.select(Variant).filter_by(manufacturer_id=actor.organization_id).order_by(Variant.mpn)).all()


def test_1000_rows_with_7_bad_give_993_products_7_errors_and_a_second_run_changes_nothing(maker):
    bad = {3, 77, 100, 500, 501, 998, 1000}
    first = applied(maker, lines(1000, bad))
    assert first.counts == {"new": 993, "changed": 0, "same": 0, "gone": 0, "bad": 7}
    assert len(live(maker)) == first.done == 993
    report = exports.error_file(first).decode("utf-8-sig").splitlines()
    assert report[0] == "Row,Column,Code,Message" and len(report) == 8
    assert report[1].startswith("4,EAN,BAD_GTIN,")
    again = imports.receive(maker, maker.organization_id, "again.csv", lines(1000, bad).encode())
    assert again.id == first.id
    touched = applied(maker, lines(1000, bad) + "\n")
    assert (touched.counts["same"], touched.done) == (993, 0)


def test_nothing_is_live_before_it_is_approved(maker):
    record = staged(maker, lines(3))
    assert record.status == ImportStatus.STAGED and record.counts["new"] == 3 and live(maker) == []
    imports.cancel(maker, record.id)
    with pytest.raises(WrongState):
        imports.approve(maker, record.id)
    assert live(maker) == []


def test_applying_goes_on_where_it_was_cut_off(maker):
    record = staged(maker, lines(25))
    imports.approve(maker, record.id)
    assert imports.apply(record.id, 10)
    saved = db.session.begin_nested()
    imports.apply(record.id, 10)
    saved.rollback()
    db.session.expire_all()
    assert (record.done, len(live(maker))) == (10, 10)
    while imports.apply(record.id, 10):
        pass
    assert (record.status, record.done, len(live(maker))) == (ImportStatus.APPLIED, 25, 25)
    assert not imports.apply(record.id)


def test_a_repeated_staging_message_reads_nothing_twice(maker):
    record = staged(maker, lines(5))
    imports.stage(record.id, 0)
    assert len(queries.import_rows(record, "new").items) == 5


def test_changed_and_gone_rows_are_told_apart_and_gone_ones_stay_until_asked(maker):
    applied(maker, lines(4))
    text = HEAD + f"P-1,Volta,Part one,{gtin(1)},Relays > Small,For rails,1 V\nP-2,Volta,Part 2,,,,\nP-9,Volta,New,,,,\n"
    record = staged(maker, text)
    assert record.counts == {"new": 1, "changed": 1, "same": 1, "gone": 2, "bad": 0}
    imports.approve(maker, record.id)
    imports.apply(record.id)
    assert [variant.status for variant in live(maker)] == ["active"] * 5
    assert live(maker)[0].name == "Part one" and live(maker)[1].gtin == gtin(2)
    change = db.session.scalar(db.select(ProductChange))
    assert (change.old, change.new, change.status) == ({"name": "Part 1"}, {"name": "Part one"}, "confirmed")


def test_gone_products_are_retired_when_the_approval_says_so(maker):
    applied(maker, lines(3))
    applied(maker, lines(2), retire_gone=True)
    assert [variant.status for variant in live(maker)] == ["active", "active", "retired"]
    back = applied(maker, lines(3))
    assert back.counts["changed"] == 1 and [variant.status for variant in live(maker)] == ["active"] * 3


def test_the_same_gtin_in_another_makers_file_makes_no_second_product(maker, market):
    applied(maker, lines(2))
    other = market.actor(market.manufacturer("Other"))
    record = applied(other, HEAD + f"X-1,Otherbrand,Another name,{gtin(1)},,,\nP-2,volta,Part 2,,,,\nP-77,Volta,Mine?,,,,\n")
    assert (record.counts["same"], record.counts["bad"], record.counts["new"]) == (2, 1, 0)
    codes = [error["code"] for row in queries.import_rows(record, "same").items for error in row.errors]
    assert codes == ["KEPT_BY_OTHER", "KEPT_BY_OTHER"]
    assert queries.import_rows(record, "bad").items[0].errors[0]["code"] == "FOREIGN_BRAND"
    assert live(other) == [] and live(maker)[0].name == "Part 1"
    assert db.session.scalar(db.select(db.func.count()).select_from(Variant)) == 2


@pytest.mark.parametrize(("row", "code"), [
    ("P-1,Volta,Twice,,,,\nP 1,VOLTA,Twice,,,,\n", "DUPLICATE_IN_FILE"),
    (f"P-5,Volta,A,{gtin(5)},,,\nP-6,Volta,B,{gtin(5)},,,\n", "DUPLICATE_IN_FILE"),
    (f"P-2,Volta,Mixed,{gtin(1)},,,\n", "AMBIGUOUS"),
])
def test_rows_that_contradict_each_other_or_the_catalog_are_refused(maker, row, code):
    applied(maker, lines(2))
    record = staged(maker, HEAD + row)
    bad, = queries.import_rows(record, "bad").items
    assert bad.errors[0]["code"] == code


def test_a_product_that_somebody_else_brought_meanwhile_is_not_made_twice(maker):
    slow = staged(maker, lines(2))
    applied(maker, lines(1))
    imports.approve(maker, slow.id)
    imports.apply(slow.id)
    assert len(live(maker)) == 2
    assert queries.import_rows(slow, "bad").items[0].errors[-1]["code"] == "TAKEN_MEANWHILE"


def test_a_file_that_cannot_be_read_is_refused_with_its_line_and_leaves_no_rows(maker):
    record = staged(maker, b'MPN,Name\n1,a\n2,"open\n')
    assert record.status == ImportStatus.REFUSED and record.refusal.startswith("Line 3:")
    assert db.session.scalar(db.select(db.func.count()).select_from(ImportRow)) == 0


def test_columns_that_no_field_takes_are_listed(maker):
    assert staged(maker, lines(1)).unmapped == ["Voltage"]
    mapping = {"mpn": "MPN", "name": "Name", "attribute:Voltage": "Voltage"}
    record = staged(maker, lines(1), mapping)
    imports.approve(maker, record.id)
    imports.apply(record.id)
    assert live(maker)[0].attributes == {"Voltage": "1 V"}
    assert record.unmapped == ["Brand", "EAN", "Category", "Description"]


def test_a_large_file_is_staged_in_parts(maker, monkeypatch):
    monkeypatch.setattr(imports, "STAGE_BATCH", 4)
    record = staged(maker, lines(10))
    assert (record.total, record.counts["new"]) == (10, 10)


def test_another_company_does_not_find_the_import_and_a_reader_may_not_approve_it(maker, market):
    record = staged(maker, lines(1))
    stranger = market.actor(market.manufacturer())
    for verb in (imports.own, imports.approve, imports.cancel):
        with pytest.raises(NotFound):
            verb(stranger, record.id)
    with pytest.raises(NotFound):
        imports.receive(stranger, maker.organization_id, "x.csv", b"MPN\n1\n")
    seller = market.actor(market.seller())
    with pytest.raises(Forbidden):
        imports.receive(seller, seller.organization_id, "x.csv", b"MPN\n1\n")
    with pytest.raises(readers.FileRefused):
        imports.receive(maker, maker.organization_id, "x.bin", b"\x00" * 100)


def test_cells_that_begin_like_a_formula_are_neutralised_in_files():
    assert tables.csv_bytes(["a"], [["=1+1"], ["@x"], [-5], ["+49"]]).decode("utf-8-sig").split() == [
        "a", "'=1+1", "'@x", "-5", "'+49"]


def test_a_declined_change_leaves_the_product_as_it_is_and_both_stay_in_the_history(maker):
    applied(maker, lines(1))
    variant = live(maker)[0]
    before = service.content(variant), variant.text, variant.updated_at
    declined = service.propose(maker, variant.id, {"name": "Worse"})
    service.decline(maker, declined.id)
    assert (service.content(variant), variant.text, variant.updated_at) == before
    service.confirm(maker, service.propose(maker, variant.id, {"name": "Better", "attributes": {"A": "B"}}).id)
    assert variant.name == "Better" and "better" in variant.text
    assert db.session.get(Product, variant.product_id).name == "Better"
    assert sorted(change.status for change in queries.changes(maker, variant.id).items) == ["confirmed", "declined"]
    with pytest.raises(service.ChangeAlreadyReviewed):
        service.confirm(maker, declined.id)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["a", "b", "=c", "ü"])), max_size=8))
def test_whatever_the_order_of_rows_the_second_import_finds_nothing_to_do(maker, rows):
    text = HEAD + "".join(f"H-{n},Hypo,{name},,,,\n" for n, name in rows) + "H-0,Hypo,always,,,,\n"
    applied(maker, text)
    again = staged(maker, text + "\n\n")
    assert again.counts["new"] == again.counts["changed"] == 0
    assert db.session.get(CatalogImport, again.id).status == ImportStatus.STAGED
