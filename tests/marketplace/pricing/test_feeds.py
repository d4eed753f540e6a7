import io
from datetime import UTC, datetime

import pytest
import xlsxwriter
from sqlalchemy import delete, select

from marketplace.catalog.readers import FileRefused
from marketplace.core import clock, jobs, tenancy
from marketplace.core.errors import Forbidden, NotFound
from marketplace.offers import bulk, stock, verify
from marketplace.offers.models import Offer, OfferImport, OfferImportRow, StockLevel, StockLocation
from marketplace.offers.service import LocationStocked, remove_location
from marketplace.pricing import feeds
from marketplace.pricing.models import Price


@pytest.fixture
def world(market):
    seller, brand = market.seller(), market.brand(market.manufacturer(), "Nord Kabel")
    market.authorize(seller, brand)
    return seller, market.actor(seller), brand, [market.variant(brand) for _ in range(3)]


def run(session, actor, content):
    record = feeds.receive(actor, actor.organization_id, "offers.csv", content if isinstance(content, bytes) else content.encode())
    import_id = record.id
    session.commit()
    jobs.drain(feeds.TOPIC)
    tenancy.act_for([tenancy.MARKET])
    return session.get(OfferImport, import_id)


def test_a_file_makes_offers_with_price_tiers_and_stock_by_gtin_and_by_brand_and_mpn(session, world):
    _, actor, _, (one, two, three) = world
    record = run(session, actor, "sku,gtin,brand,mpn,price,price_10,quantity,lead_time_days,multiple\n"
                 f"A-1,{one.gtin},,,12.50,11.90,40,2,5\nA-2,,nord-kabel,{two.mpn.lower()},3.00,,7,,\n"
                 f"A-3,,,{three.mpn},0.01,,0,,\n")
    assert (record.status, record.counts) == ("done", {"created": 3, "updated": 0, "refused": 0})
    offer = session.scalar(select(Offer).filter_by(seller_sku="A-1"))
    assert (offer.variant_id, offer.lead_time_days, offer.multiple, offer.currency) == (one.id, 2, 5, "EUR")
    assert session.scalar(select(StockLevel.available).filter_by(offer_id=offer.id)) == 40
    tiers = select(Price.min_quantity, Price.amount_minor).filter_by(variant_id=one.id).order_by(Price.min_quantity)
    assert [tuple(row) for row in session.execute(tiers)] == [(1, 1250), (10, 1190)]


def test_the_same_file_again_changes_prices_and_stock_and_doubles_nothing(session, world):
    _, actor, _, (one, *_) = world
    head = "sku,gtin,price,quantity\n"
    run(session, actor, f"{head}A-1,{one.gtin},12.50,40\n")
    level = session.scalars(select(StockLevel)).one()
    stock.reserve([(level.id, 3, "ord_1", "alc_1", level.seller_id)], None)
    again = run(session, actor, f"{head}A-1,{one.gtin},13.00,39\n")
    assert again.counts == {"created": 0, "updated": 1, "refused": 0}
    assert session.scalars(select(StockLevel.available)).all() == [39]
    assert not any(check.breaks for check in verify.checks()), "what is reserved stands beside what the file counts"
    prices = session.execute(select(Price.amount_minor, Price.valid_to.is_(None)).order_by(Price.valid_from)).all()
    assert [tuple(price) for price in prices] == [(1250, False), (1300, True)]


def test_a_file_of_prices_and_stock_leaves_the_terms_and_tiers_that_it_has_no_column_for(session, world):
    _, actor, _, (one, two, _) = world
    run(session, actor, "sku,gtin,price,price_10,quantity,lead_time_days,min_quantity,multiple,max_quantity,condition\n"
        f"A-1,{one.gtin},12.50,11.90,40,7,10,5,50,used\n")
    run(session, actor, f"sku,gtin,price,quantity\nA-1,{one.gtin},13.00,39\nA-2,{two.gtin},1.00,1\n")
    terms = select(Offer.lead_time_days, Offer.min_quantity, Offer.multiple, Offer.max_quantity, Offer.condition).order_by(Offer.seller_sku)
    assert [tuple(row) for row in session.execute(terms)] == [(7, 10, 5, 50, "used"), (1, 1, 1, None, "new")]
    tiers = select(Price.min_quantity, Price.amount_minor).filter_by(variant_id=one.id, valid_to=None).order_by(Price.min_quantity)
    assert [tuple(row) for row in session.execute(tiers)] == [(1, 1300), (10, 1190)]
    misfit = run(session, actor, f"sku,gtin,price,quantity,min_quantity\nA-1,{one.gtin},13.00,39,60\n")
    assert [error["code"] for error in misfit.errors] == ["TERMS_CONFLICT"]
    run(session, actor, f"sku,gtin,price,price_10,quantity,max_quantity,lead_time_days\nA-1,{one.gtin},13.00,,39,,\n")
    assert tuple(session.execute(terms).first()) == (1, 10, 5, None, "used")
    assert [tuple(row) for row in session.execute(tiers)] == [(1, 1300)]


def test_each_bad_row_comes_back_with_its_code_and_the_good_ones_are_sold(market, session, world):
    seller, actor, brand, (one, two, three) = world
    foreign = market.variant(market.brand(market.manufacturer()), mpn=one.mpn)
    rows = [
        ("A-1", one.gtin, "", "1.00", "5", None),
        ("A-1", two.gtin, "", "1.00", "5", "DUPLICATE_SKU"),
        ("A-2", "4006381333932", "", "1.00", "5", "BAD_GTIN"),
        ("A-3", "4006381333931", "", "1.00", "5", "UNMATCHED"),
        ("A-4", "", one.mpn, "1.00", "5", "AMBIGUOUS"),
        ("A-5", foreign.gtin, "", "1.00", "5", "NOT_AUTHORIZED"),
        ("A-6", two.gtin, "", "1,000", "5", "BAD_PRICE"),
        ("A-7", two.gtin, "", "", "5", "BAD_PRICE"),
        ("A-8", two.gtin, "", "0", "5", "BAD_PRICE"),
        ("A-9", two.gtin, "", "1e3", "5", "BAD_PRICE"),
        ("A-10", two.gtin, "", "1.001", "5", "BAD_PRICE"),
        ("A-11", two.gtin, "", "NaN", "5", "BAD_PRICE"),
        ("A-12", two.gtin, "", "1.00", "-5", "BAD_QUANTITY"),
        ("A-13", two.gtin, "", "1.00", "1_000", "BAD_QUANTITY"),
        ("A-14", two.gtin, "", "1.00", "", "BAD_QUANTITY"),
        ("A-15", two.gtin, "", "1.00", "1" + "0" * 30, "BAD_QUANTITY"),
        ("", two.gtin, "", "1.00", "5", "MISSING_SKU"),
        ("A-16", "", "", "1.00", "5", "MISSING_IDENTIFIER"),
        ("A-17", one.gtin, "", "1.00", "5", "DUPLICATE_PRODUCT"),
        ("=1+1", "", "nowhere", "1.00", "5", "UNMATCHED"),
    ]
    lines = ["sku,gtin,mpn,price,quantity", *(",".join(f'"{cell}"' for cell in row[:5]) for row in rows)]
    record = run(session, actor, "\n".join(lines))
    found = {row.row_no: row.code for row in session.scalars(select(OfferImportRow))}
    assert found == {line: row[5] for line, row in enumerate(rows, start=2) if row[5]}
    assert record.counts == {"created": 1, "updated": 0, "refused": 19}
    back = feeds.error_file(record).decode("utf-8-sig").splitlines()
    assert back[0] == "line,code,about,sku,gtin,mpn,price,quantity"
    assert back[1] == f"3,DUPLICATE_SKU,seller_sku,A-1,{two.gtin},,1.00,5"
    assert back[-1] == "21,UNMATCHED,,'=1+1,,nowhere,1.00,5"


def test_a_known_sku_for_another_product_is_refused(session, world):
    _, actor, _, (one, two, _) = world
    head = "sku,gtin,price,quantity\n"
    run(session, actor, f"{head}A-1,{one.gtin},1,1\n")
    record = run(session, actor, f"{head}A-1,{two.gtin},1,1\nA-2,{one.gtin},1,1\n")
    assert [error["code"] for error in record.errors] == ["SKU_CONFLICT", "SKU_CONFLICT"]


def test_a_sheet_with_numbers_is_read_without_losing_digits(session, world):
    _, actor, _, (one, *_) = world
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    for row, cells in enumerate([("sku", "gtin", "price", "stock"), (17.0, one.gtin, 0.07, 12)]):
        sheet = book.worksheets()[0] if book.worksheets() else book.add_worksheet()
        sheet.write_row(row, 0, cells)
    book.close()
    record = run(session, actor, out.getvalue())
    assert record.counts["created"] == 1
    assert session.scalar(select(Price.amount_minor)) == 7
    assert session.scalar(select(Offer.seller_sku)) == "17"


def test_amounts_follow_the_digits_of_their_currency(market, session, world):
    _, actor, _, (one, two, three) = world
    market.reseller(currency="JPY")
    record = run(session, actor, "sku,gtin,price,currency,quantity\n"
                 f"A,{one.gtin},1500,JPY,1\nB,{two.gtin},15.5,JPY,1\nC,{three.gtin},1,XXQ,1\n")
    assert [error["code"] for error in record.errors] == ["BAD_PRICE", "BAD_CURRENCY"]
    assert session.scalar(select(Price.amount_minor)) == 1500


def test_a_file_with_semicolons_and_commas_is_read_as_it_is_meant(session, world):
    _, actor, _, (one, two, _) = world
    record = run(session, actor, f"sku;gtin;price;quantity\nA-1;{one.gtin};1,50;40\nA-2;{two.gtin};1.234,50;40\n")
    assert record.counts == {"created": 1, "updated": 0, "refused": 1} and record.errors[0]["code"] == "BAD_PRICE"
    assert session.scalars(select(Price.amount_minor)).all() == [150]


def test_an_offer_has_a_line_for_each_place_of_its_stock(market, session, world):
    seller, actor, _, (one, two, _) = world
    market._main(seller), market.location(seller, "HAM"), market.location(seller, "KIE")
    head, same = "sku,gtin,price,price_10,quantity,location\n", f"A-1,{one.gtin},12.50,11.00"
    record = run(session, actor, f"{head}{same},40,\n{same},7,HAM\n{same},9,MAIN\n{same},2,HAM\nA-1,{one.gtin},13.00,,3,KIE\nA-2,{one.gtin},1,,1,KIE\n")
    assert [(error["row"], error["code"]) for error in record.errors] == [
        (4, "DUPLICATE_SKU"), (5, "DUPLICATE_SKU"), (6, "DUPLICATE_SKU"), (7, "DUPLICATE_PRODUCT")]
    assert record.counts == {"created": 1, "updated": 0, "refused": 4} and (record.done, record.total) == (6, 6)
    assert sorted(session.scalars(select(StockLevel.available))) == [7, 40]
    assert sorted(session.scalars(select(Price.amount_minor))) == [1100, 1250]
    again = run(session, actor, f"{head}{same},41,\n{same},8,HAM\n")
    assert again.counts == {"created": 0, "updated": 1, "refused": 0}
    assert sorted(session.scalars(select(StockLevel.available))) == [8, 41]


def test_a_decimal_comma_that_moves_the_cells_after_it_is_refused_and_blank_cells_at_the_end_are_not(session, world):
    _, actor, _, (one, two, _) = world
    record = run(session, actor, f"sku,gtin,price,quantity\nA-1,{one.gtin},12,50,7\nA-2,{two.gtin},12.50,7,,\n")
    assert record.counts == {"created": 1, "updated": 0, "refused": 1}
    assert record.errors == [{"row": 2, "column": None, "code": "TOO_MANY_CELLS"}]
    assert session.scalars(select(Price.amount_minor)).all() == [1250]


@pytest.mark.parametrize("content", [
    b"", b"\x00\x01\x02" * 100, b"<?xml version='1.0'?><BMECAT/>", b"sku,price\n1,2\n", b"sku,gtin,price,price,quantity\n",
    b"PK\x03\x04 broken", b"\x1f\x8b broken", b"sku,gtin,price,quantity,price_1\n",
])
def test_a_file_that_is_no_offer_table_is_refused_at_the_door(session, world, content):
    with pytest.raises(FileRefused):
        feeds.receive(world[1], world[0].id, "x", content)


def test_a_file_that_breaks_in_the_middle_leaves_nothing(session, world):
    _, actor, _, (one, *_) = world
    record = run(session, actor, f'sku,gtin,price,quantity\nA-1,{one.gtin},1,1\nA-2,"broken')
    assert (record.status, record.refusal[:7]) == ("refused", "Line 3:")
    assert session.scalars(select(Offer)).all() == [] == session.scalars(select(OfferImportRow)).all()


def test_a_file_of_a_header_alone_says_that_it_holds_nothing(session, world):
    record = run(session, world[1], "sku,gtin,price,quantity\n,,,\n")
    assert (record.status, record.refusal) == ("refused", "Line 1: The file holds no offers.")


def test_a_long_file_goes_on_part_by_part_to_the_same_end(market, session, world, monkeypatch):
    _, actor, brand, _ = world
    monkeypatch.setattr(feeds, "PART", 7)
    variants = [market.variant(brand) for _ in range(20)]
    lines = [f"S-{i},{variant.gtin},{i + 1}.00,{i}" for i, variant in enumerate(variants)]
    record = run(session, actor, "sku,gtin,price,quantity\n" + "\n".join(lines))
    assert (record.status, record.done, record.total, record.counts["created"]) == ("done", 20, 20, 20)
    assert len(session.scalars(select(StockLevel)).all()) == 20
    assert session.scalars(select(OfferImportRow)).all() == []


def test_a_location_that_is_removed_while_its_file_waits_refuses_its_rows(market, session, world, monkeypatch):
    seller, actor, _, (one, two, _three) = world
    gone = market.location(seller, "GONE")
    publish = bulk.publish

    def without_it(*part):
        session.execute(delete(StockLocation).filter_by(id=gone.id))
        return publish(*part)

    monkeypatch.setattr(bulk, "publish", without_it)
    record = run(session, actor, f"sku,gtin,price,quantity,location\nA-1,{one.gtin},1.00,5,GONE\nA-2,{two.gtin},1.00,5,MAIN\n")
    assert (record.status, record.counts, record.errors) == (
        "done", {"created": 1, "updated": 0, "refused": 1}, [{"row": 2, "column": None, "code": "UNKNOWN_LOCATION"}])


def test_a_location_into_which_a_file_is_about_to_put_stock_is_not_removed(market, session, world):
    seller, actor, _, (one, _two, _three) = world
    coming = market.location(seller, "NEW")
    record = feeds.receive(actor, seller.id, "offers.csv", f"sku,gtin,price,quantity,location\nA-1,{one.gtin},1.00,5,NEW\n".encode())
    feeds.on_import({"import_id": record.id, "after": 0})
    with pytest.raises(LocationStocked):
        remove_location(actor, coming.id)


def test_only_the_own_import_is_seen_and_only_those_with_the_right_send_one(market, session, world):
    seller, actor, _, _ = world
    record = feeds.receive(actor, seller.id, "x.csv", b"sku,gtin,price,quantity\n")
    with pytest.raises(NotFound):
        feeds.own(market.actor(market.seller()), record.id)
    with pytest.raises(Forbidden):
        feeds.receive(market.actor(seller, "seller_clerk"), seller.id, "x.csv", b"sku,gtin,price,quantity\n")


def test_a_file_says_from_when_to_when_an_offer_holds_and_leaves_it_where_it_has_no_such_column(session, world):
    _, actor, _, (one, two, three) = world
    head = "sku,gtin,price,quantity,valid_from,valid_to\n"
    run(session, actor, f"{head}A-1,{one.gtin},12.50,40,2031-03-01,2031-03-31\nA-2,{two.gtin},1.00,5,,2031-12-31\n")

    def held(sku):
        return session.execute(select(Offer.valid_from, Offer.valid_to).filter_by(seller_sku=sku)).one()

    march = (datetime(2031, 3, 1, tzinfo=UTC), datetime(2031, 4, 1, tzinfo=UTC))
    assert tuple(held("A-1")) == march
    assert held("A-2").valid_from <= clock.now() < held("A-2").valid_to == datetime(2032, 1, 1, tzinfo=UTC)
    run(session, actor, f"sku,gtin,price,quantity\nA-1,{one.gtin},13.00,39\n")
    assert tuple(held("A-1")) == march
    run(session, actor, f"sku,gtin,price,quantity,valid_to\nA-1,{one.gtin},13.00,39,\n")
    assert tuple(held("A-1")) == (march[0], None)
    refused = run(session, actor, f"{head}A-3,{three.gtin},1.00,5,2031-03-02,2031-03-01\nA-4,{three.gtin},1.00,5,,2020-01-01\n"
                                  f"A-5,{three.gtin},1.00,5,soon,\nA-6,{three.gtin},1.00,5,,9999-12-31\nA-1,{one.gtin},1.00,5,,2031-01-01\n")
    assert [(row["row"], row["column"], row["code"]) for row in refused.errors] == [
        (2, "valid_to", "BAD_DATES"), (3, None, "BAD_DATES"), (4, "valid_from", "BAD_DATE"), (5, "valid_to", "BAD_DATE"), (6, None, "BAD_DATES")]


def test_columns_that_mean_nothing_are_told(session, world):
    _, actor, _, (one, *_) = world
    assert run(session, actor, f"sku,gtin,price,Price 10+,quantity,colour\nA-1,{one.gtin},12.50,11,40,red\n").unread == ["Price 10+", "colour"]
