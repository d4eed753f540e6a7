"""The pages on which a reseller shapes its storefront: rates as people write them."""

from __future__ import annotations

import pytest

from marketplace.channel.models import AssortmentRule
from marketplace.core.db import db
from marketplace.identity.models import Storefront
from marketplace.pricing.models import MarkupRule
from tests.web import form_of


@pytest.fixture
def page(here):
    return f"/reseller/storefronts/{here.storefront.id}"


@pytest.fixture
def person(client, market, here):
    return client(market.user(here.reseller))


def markup(here) -> int:
    db.session.expire_all()
    return db.session.get_one(Storefront, here.storefront.id).markup_bps


@pytest.mark.parametrize(("typed", "bps"), [("8.5", 850), ("8,5", 850), ("0", 0), ("1000", 100_000), (" 12,34 ", 1234)])
def test_a_markup_is_typed_with_a_point_or_a_comma(here, person, page, typed, bps):
    assert person.post(f"{page}/markup", data={"percent": typed}).status_code == 303
    assert markup(here) == bps


@pytest.mark.parametrize("typed", ["8.555", "1e2", "1,000", "-1", "1000.01", "NaN", "²"])
def test_a_rate_that_is_none_is_refused_and_kept_for_mending(here, person, page, typed):
    refused = person.post(f"{page}/markup", data={"percent": typed})
    assert refused.status_code == 422 and f'value="{typed}"' in refused.get_data(as_text=True) and markup(here) == 1000
    tried = person.get(page, query_string={"percent": typed}).get_data(as_text=True)
    assert f'value="{typed}" aria-invalid="true"' in tried and "This is a rate in percent from 0 to 1,000" in tried


def test_all_numbers_of_the_page_are_written_as_the_reader_writes_them(here, person, page):
    person.set_cookie("market_language", "es")
    found = person.get(f"{page}?percent=8.5").get_data(as_text=True)
    assert "Se necesita al menos 4,5." in found and 'value="8,5"' in found


def test_the_markup_of_a_brand_is_kept_in_its_refused_form_and_can_be_taken_away(here, person, page):
    wrong = person.post(f"{page}/markup", data={"percent": "x", "brand_id": here.brand.id})
    assert wrong.status_code == 422 and f'<option value="{here.brand.id}" selected>' in wrong.get_data(as_text=True)
    assert person.post(f"{page}/markup", data={"percent": "20", "brand_id": here.brand.id}).status_code == 303
    assert markup(here) == 1000
    held = db.session.scalars(db.select(MarkupRule)).one()
    assert f"{page}/markups/{held.id}/remove" in person.get(page).get_data(as_text=True)
    assert person.post(f"{page}/markups/{held.id}/remove").status_code == 303
    assert db.session.scalars(db.select(MarkupRule)).all() == []


def test_a_markup_is_for_a_brand_or_for_a_category(here, person, page):
    both = {"percent": "20", "brand_id": here.brand.id, "category_id": here.category.id}
    refused = person.post(f"{page}/markup", data=both)
    assert refused.status_code == 422 and "one brand or for one category" in refused.get_data(as_text=True)
    assert person.post(f"{page}/markup", data={**both, "brand_id": ""}).status_code == 303
    assert db.session.scalars(db.select(MarkupRule.category_id)).all() == [here.category.id]


def test_a_rule_taken_away_in_two_tabs_is_taken_away_once_and_the_others_stay_to_be_removed(here, person, page):
    for effect in ("allow", "deny"):
        assert person.post(f"{page}/rules", data={"effect": effect, "category_id": here.category.id}).status_code == 303
    first, second = rules(here)
    assert person.post(f"{page}/rules/{first}/remove").status_code == 303
    assert person.post(f"{page}/rules/{first}/remove").status_code == 404
    assert rules(here) == [second]
    assert person.post(f"{page}/rules/{second}/remove").status_code == 303
    assert rules(here) == []


def rules(here) -> list[str]:
    return list(db.session.scalars(db.select(AssortmentRule.id).filter_by(storefront_id=here.storefront.id).order_by(AssortmentRule.id)))


def test_who_saves_a_storefront_that_a_colleague_changed_meanwhile_is_told_and_keeps_what_was_typed(here, person, page):
    form = form_of(person.get(page).get_data(as_text=True), page)
    assert person.post(page, data={**form, "tagline": "Theirs"}).status_code == 303
    assert person.post(f"{page}/markup", data={"percent": "20"}).status_code == 303
    late = person.post(page, data={**form, "name": "Mine"})
    told, held = late.get_data(as_text=True), form_of(person.get(page).get_data(as_text=True), page)
    assert late.status_code == 409 and "Somebody else changed this while your page was open." in told
    assert (held["tagline"], held["name"]) == (["Theirs"], form["name"]) and f'<a href="{page}" target="_blank">' in told
    assert person.post(page, data=form_of(told, page)).status_code == 303
    assert form_of(person.get(page).get_data(as_text=True), page)["name"] == ["Mine"]


def test_a_markup_changed_meanwhile_is_no_change_of_the_look(person, page):
    form = form_of(person.get(page).get_data(as_text=True), page)
    assert person.post(f"{page}/markup", data={"percent": "20"}).status_code == 303
    assert person.post(page, data={**form, "name": "Mine"}).status_code == 303
