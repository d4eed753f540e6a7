"""The command line brings real files in: the parts of 44 makers, and every BMEcat sample."""

import csv
import os
from pathlib import Path

import pytest
from sqlalchemy import func

from marketplace.catalog.commands import catalog
from marketplace.catalog.models import Brand, CatalogImport, Variant
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity.models import Organization

DATA = Path(os.environ.get("MARKETSQUARE_DATA", Path(__file__).parents[3] / "../shared/data"))
PARTS = DATA / "jlcpcb_electronics/parts.csv"


@pytest.fixture
def run(app, committed):
    def call(*arguments):
        answer = app.test_cli_runner().invoke(catalog, ["import", *map(str, arguments)])
        tenancy.act_for([tenancy.MARKET])
        return answer

    return call


def count(model, **by):
    return db.session.scalar(db.select(func.count()).select_from(model).filter_by(**by))


@pytest.mark.skipif(not PARTS.is_file(), reason="the electronics parts are not on this machine")
def test_a_file_of_many_makers_becomes_one_import_for_each(run, tmp_path):
    lines = list(csv.reader(PARTS.open(encoding="utf-8", newline="")))
    sample = tmp_path / "parts.csv"
    with sample.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([lines[0], *lines[1:120], *[line for line in lines if not line[1]][:2]])
    makers = {line[1] for line in lines[1:120] if line[1]}
    parts = {(line[1], line[2]) for line in lines[1:120] if line[1]}
    answer = run(sample, "--manufacturer-column", "Manufacturer")
    assert answer.exit_code == 0, answer.output
    assert f"{len(parts)} new, 0 changed" in answer.output and f"({len(makers)} manufacturers)" in answer.output
    assert "left out: Manufacturer is blank" in answer.output and answer.output.count("not mapped: LCSC") == 1
    assert (count(Variant), count(Organization)) == (len(parts), len(makers))
    again = run(sample, "--manufacturer-column", "Manufacturer")
    assert "0 new, 0 changed" in again.output and count(Variant) == len(parts)


def test_a_file_that_cannot_be_read_is_refused_with_line_and_reason(run, tmp_path):
    broken = tmp_path / "broken.xml"
    broken.write_bytes(b"<BMECAT>\n<T_NEW_CATALOG>\n<PRODUCT>")
    answer = run(broken, "--manufacturer", "acme")
    assert answer.exit_code == 1 and "line 3" in answer.output.lower() and "not well-formed" in answer.output
    assert count(Variant) == 0


@pytest.mark.parametrize(("content", "line", "reason"), [
    (b'<BMECAT xmlns:x="a" xmlns:x="b">\n</BMECAT>', 1, "not well-formed"),
    (b"<BMECAT>\n</BMECAT>", 1, "no T_NEW_CATALOG"),
    (b"<BMECAT>\n<T_UPDATE_PRICES/></BMECAT>", 2, "prices belong to sellers' offers"),
    (b"<BMECAT>\n<T_NEW_CATALOG/></BMECAT>", 1, "holds no products"),
    (b"<catalog/>", 1, "begins with BMECAT"),
    (b"\x1f\x8b\x08\x00broken", 1, "gzip wrapper"),
])
def test_each_kind_of_broken_file_is_refused_and_leaves_no_product(run, tmp_path, content, line, reason):
    broken = tmp_path / "broken.xml"
    broken.write_bytes(content)
    answer = run(broken, "--manufacturer", "acme")
    assert answer.exit_code == 1 and f"line {line}:" in answer.output.lower() and reason in answer.output
    assert (count(Variant), count(Organization), count(CatalogImport)) == (0, 0, 0)


def test_a_table_that_breaks_off_far_down_leaves_no_company_behind(run, tmp_path):
    file = tmp_path / "parts.csv"
    file.write_text("MPN,Brand,Name\nA1,Ada,Bolt\nB1,Bert,Nut\nB2,Bert," + "x" * 200_000 + "\n")
    for whose in (("--manufacturer", "acme"), ("--manufacturer-column", "Brand")):
        answer = run(file, *whose)
        assert answer.exit_code == 1 and "refused: Line 4: " in answer.output, answer.output
        assert (count(Organization), count(CatalogImport)) == (0, 0)


def test_a_maker_that_is_a_seller_is_left_out_and_the_others_come_in(run, market, session, tmp_path):
    seller = market.seller()
    session.commit()
    file = tmp_path / "parts.csv"
    file.write_text(f"MPN,Brand,Name\nA1,Ada,Bolt\nB1,{seller.name},Nut\nC1,Carl,Nail\n")
    answer = run(file, "--manufacturer-column", "Brand")
    assert answer.exit_code == 1 and f"{seller.name}: left out: " in answer.output, answer.output
    assert "2 new" in answer.output and "(2 manufacturers)" in answer.output
    assert count(Variant) == 2
    alone = run(file, "--manufacturer", seller.slug)
    assert alone.exit_code == 1 and "refused: " in alone.output and "not as manufacturer" in alone.output


def test_a_file_of_nothing_but_bad_rows_fails_as_a_command(run, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("brand,mpn,name,gtin\nAcme,A-1,Lamp,123\n")
    answer = run(file, "--manufacturer", "acme")
    assert answer.exit_code == 1 and "0 new" in answer.output and "1 bad" in answer.output
    file.write_text("brand,mpn,name,gtin\nAcme,A-1,Lamp,123\nAcme,A-2,Lamp,\n")
    answer = run(file, "--manufacturer", "acme")
    assert answer.exit_code == 0 and "1 new" in answer.output and "1 bad" in answer.output


def test_what_no_field_takes_is_said_once_for_all_makers(run, tmp_path):
    file = tmp_path / "parts.csv"
    file.write_text("MPN,Brand,Name,Weight\nA1,Ada,Bolt,3\nB1,Bert,Nut,4\n,Bert,Nothing,5\n")
    answer = run(file, "--manufacturer-column", "Brand")
    assert answer.exit_code == 0 and answer.output.count("not mapped: Weight") == 1
    assert "bert: row 4: mpn" in answer.output and "2 new, 0 changed, 0 same, 0 gone, 1 bad (2 manufacturers)" in answer.output


NO_PRODUCTS = {
    "Naugrimm_tests_Fixtures_2005.1_minimal_valid_document.xml", "Naugrimm_tests_Fixtures_2005.2_minimal_valid_document.xml",
    "Naugrimm_tests_Fixtures_empty_document_nochildren_without_null_values.xml",
    "Naugrimm_tests_Fixtures_empty_document_without_null_values.xml", "bmecat12_testdata_update_prices.golden.xml",
}


@pytest.mark.skipif(not (DATA / "bmecat").is_dir(), reason="the BMEcat samples are not on this machine")
def test_every_bmecat_sample_comes_in_or_is_refused_with_line_and_reason(run):
    for file in sorted((DATA / "bmecat").glob("*.xml*")):
        answer = run(file, "--manufacturer", "bmecat-" + file.name.split("_")[0].lower())
        assert answer.exception is None or isinstance(answer.exception, SystemExit), (file.name, answer.exception)
        if file.name in NO_PRODUCTS:
            assert answer.exit_code == 1 and "refused: Line" in answer.output, (file.name, answer.output)
        else:
            assert answer.exit_code == ("0 new, 0 changed, 0 same" in answer.output), (file.name, answer.output)
            assert "not mapped: " in answer.output, (file.name, answer.output)
    assert count(Variant, status="active") == 14 + 3


@pytest.mark.skipif(not (DATA / "bmecat").is_dir(), reason="the BMEcat samples are not on this machine")
def test_a_makers_bmecat_files_come_in_and_again_change_nothing(run):
    for name in ("WEI_BMECat_7760056069.xml.gz", "WEI_BMECat_7760056106.xml.gz"):
        answer = run(DATA / "bmecat" / name, "--manufacturer", "weidmueller")
        assert answer.exit_code == 0 and "1 new" in answer.output and "PRODUCT_PRICE_DETAILS" in answer.output
    answer = run(DATA / "bmecat" / name, "--manufacturer", "weidmueller")
    assert "applied before" in answer.output
    assert (count(Variant), count(Brand, name="Weidmueller Group"), count(CatalogImport)) == (2, 1, 2)


def test_one_of_the_two_ways_to_say_the_manufacturer_is_needed(run, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("MPN\n1\n")
    assert run(file).exit_code == 2
    assert run(file, "--manufacturer", "a", "--manufacturer-column", "b").exit_code == 2
