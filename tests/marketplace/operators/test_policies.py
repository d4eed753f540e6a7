"""The operator sets the routing policy by page and API: versions, differences in words, restoring, and who must not."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.routing import policy, service
from tests.resellers import shops
from tests.web import form_of

HERE = "/operator/policies"


@pytest.fixture
def square(market):
    """An operator, two sellers, a storefront in euros and one in dollars."""
    market.operator_company = market.operator()
    market.sellers = [market.seller("Nordkabel"), market.seller("Elbe")]
    market.front = market.storefront(market.reseller())
    market.dollars = market.storefront(market.reseller(currency="USD"))
    return market


@pytest.fixture
def desk(square, client):
    return client(square.user(square.operator_company))


@pytest.fixture
def api(square, client):
    headers = {"Authorization": "Bearer " + shops.key(square.actor(square.operator_company))}

    def ask(method, path, body=None):
        return client().open(f"/api/v1{HERE}{path}", method=method, headers=headers, **({} if body is None else {"json": body}))

    return ask


def form(desk, scope="market"):
    """The form as a browser has it."""
    return form_of(desk.get(f"{HERE}/{scope}").get_data(as_text=True), f"{HERE}/{scope}")


def save(desk, given, scope="market"):
    return desk.post(f"{HERE}/{scope}", data=given)


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_an_operator_sets_the_policy_by_its_form_and_reads_what_changed(square, desk):
    page = text(desk.get(f"{HERE}/market"))
    assert "as built in" in page and "No versions yet" in page and "amounts in EUR" in page
    answer = save(desk, form(desk) | {"split": "6,50", "day_percent": "0.1", "max_sellers": "2", "rate": ["1.08"]})
    assert answer.status_code == 303
    held = policy.current().settings
    assert (held.currency, held.split_minor, held.day_bps, held.max_sellers, held.rates) == ("EUR", 650, 10, 2, {"USD": 10_800})
    page = text(desk.get(f"{HERE}/market"))
    assert "One more parcel: €4.00 → €6.50" in page and "Most sellers in an order: no limit → 2" in page
    assert "Other currencies: none → 1 EUR counts as 1.08 USD" in page and "version 1" in page
    entry = db.session.scalars(sa.select(AuditEntry).filter_by(action="policy.set")).one()
    assert entry.after == {"version": 1, "storefront_id": None, "follows_market": False}
    assert "changed a routing policy" in text(desk.get("/operator/trail"))


def test_a_form_that_is_sent_as_it_is_changes_nothing_but_its_version(square, desk):
    given = {"preference_seller": ["Elbe", ""], "preference_countries": ["DE, at", ""], "preference_worth": ["-2.50", ""],
             **quota(), "split": "6.50", "filling": "leave_open", "open_percent": "150"}
    assert save(desk, form(desk) | given).status_code == 303
    first = policy.current()
    assert save(desk, form(desk)).status_code == 303
    second = policy.current()
    assert (first.settings, first.version, second.version) == (second.settings, 1, 2)
    assert "Nothing changed." in text(desk.get(f"{HERE}/market"))
    assert first.settings.preferences == [{"seller_id": square.sellers[1].id, "countries": ["DE", "AT"], "minor": -250}]


def quota(**other):
    return {"quota_name": ["Cables"], "quota_brand": [""], "quota_countries": ["DE"], "quota_drift": ["5.00"], "share_quota": ["0", "0", "0"],
            "share_seller": ["nordkabel", "Elbe", ""], "share_percent": ["70", "30", ""]} | other


def test_a_quota_is_made_by_names_and_shows_how_many_orders_each_was_given(square, desk):
    assert save(desk, form(desk) | quota()).status_code == 303
    [one] = policy.current().settings.quotas
    first, second = square.sellers
    assert one == {"name": "Cables", "brand_id": None, "countries": ["DE"], "drift_minor": 500, "shares": {first.id: 7_000, second.id: 3_000}}
    page = text(desk.get(f"{HERE}/market"))
    assert "Orders given so far: Nordkabel 0, Elbe 0" in page
    assert "Shares among sellers: none → Cables (any brand, Germany): Nordkabel 70%, Elbe 30%, an order over it costs €5.00" in page


@pytest.mark.parametrize(("given", "said"), [
    ({"split": "-1"}, "An amount of a policy is at most €100,000.00"), ({"split": "many"}, "is not an amount"),
    ({"day_percent": "101"}, "This is a share from 0 to 100 percent"), ({"max_offers": "0"}, "This lies between 1 and 1000"),
    ({"rate": ["x"]}, "A rate is a number above 0"), ({"preference_seller": ["Nobody", ""], "preference_worth": ["1", ""]}, "Nobody here is called"),
    ({"preference_seller": ["Elbe", ""]}, "Say which seller, and what preferring it is worth."),
    ({"preference_seller": ["Elbe", ""], "preference_countries": ["Mars", ""], "preference_worth": ["1", ""]}, "is not a country code"),
    ({"filling": "leave_open"}, "Say what an open unit costs"), (quota(share_percent=["70", "29", ""]), "The shares of a quota are together 100 percent."),
    (quota(share_seller=["Elbe", "Elbe", ""]), "A seller stands in a quota once."), (quota(quota_drift=[""]), "A quota has a name, two sellers or more"),
])
def test_what_cannot_be_is_refused_in_words_and_what_was_typed_stays(square, desk, given, said):
    answer = save(desk, form(desk) | {"opening": "1.25"} | given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and said in text(answer) and 'name="opening"' in page and 'value="1.25"' in page
    assert policy.current().version == 0
    for value in given.values():
        assert all(f'value="{one}"' in page for one in (value if isinstance(value, list) else [value]) if one)


def test_of_two_operators_who_save_at_once_the_second_is_told_and_keeps_what_was_typed(square, desk, client):
    other = client(square.user(square.operator_company))
    mine, theirs = form(desk), form(other)
    assert save(other, theirs | {"split": "9.00"}).status_code == 303
    answer = save(desk, mine | {"split": "2.00"})
    assert answer.status_code == 409 and "Somebody else changed this while your page was open" in text(answer)
    assert 'value="2.00"' in answer.get_data(as_text=True) and policy.current().settings.split_minor == 900
    again = form_of(answer.get_data(as_text=True), f"{HERE}/market")
    assert save(desk, again).status_code == 303 and policy.current().settings.split_minor == 200


def test_a_storefront_follows_the_market_until_it_has_its_own_and_can_follow_again(square, desk):
    front = square.front.id
    save(desk, form(desk) | {"split": "6.00"})
    assert "same as the market" in text(desk.get(HERE)) and "follows the market" in text(desk.get(f"{HERE}/{front}"))
    assert save(desk, form(desk, front) | {"split": "1.00"}, front).status_code == 303
    assert (policy.current(front).settings.split_minor, policy.current().settings.split_minor) == (100, 600)
    assert "its own, version 1" in text(desk.get(HERE))
    assert desk.post(f"{HERE}/{front}/follow", data={"seen": "1"}).status_code == 303
    assert policy.current(front).settings.split_minor == 600
    page = text(desk.get(f"{HERE}/{front}"))
    assert "Follows the market's policy again." in page and "A policy of its own begins." in page
    desk.post(f"{HERE}/{front}/follow", data={"seen": "2"})
    assert policy.latest(front).version == 2, "once is enough"


def test_a_restored_version_is_a_new_one_that_says_the_same(square, desk):
    for split in ("6.00", "7.00"):
        save(desk, form(desk) | {"split": split})
    page = desk.get(f"{HERE}/market/versions/1")
    assert "replaced by version 2" in text(page) and "One more parcel €6.00" in text(page)
    data = form_of(page.get_data(as_text=True), f"{HERE}/market/versions/1/restore")
    assert desk.post(f"{HERE}/market/versions/1/restore", data=data).status_code == 303
    held = policy.current()
    assert (held.version, held.settings.split_minor) == (3, 600)
    desk.post(f"{HERE}/market/versions/2/restore", data=data)
    assert policy.current().version == 3, "that page had not seen version 3"


def test_a_decision_names_the_version_it_was_made_by_and_leads_to_it(square, desk, api):
    variant = square.variant(square.brand(square.manufacturer()))
    square.offer(square.sellers[0], variant)
    operator = square.actor(square.operator_company)
    policy.set_policy(operator, {"split_minor": 1}, square.front.id)
    from marketplace.identity import buying
    plan = service.plan(buying.context(square.front), [("l1", variant.id, 1)])
    decision = service.record("ord_1", plan, 0, "order placed")
    policy.set_policy(operator, {"split_minor": 2}, square.front.id)
    page = desk.get(f"/operator/decisions/{decision}")
    link = f"{HERE}/{square.front.id}/versions/1"
    assert f'href="{link}"' in page.get_data(as_text=True) and f"{square.front.name}, version 1" in text(page)
    assert "One more parcel €0.01" in text(desk.get(link))


def test_the_api_sets_reads_and_restores_by_the_same_rules(square, api):
    begun = api("GET", "/market").json
    assert (begun["version"], begun["policy_id"], begun["settings"]["split_minor"]) == (0, None, 400)
    assert api("PUT", "/market", {"settings": begun["settings"] | {"split_minor": 650}, "version": 0}).json["version"] == 1
    stale = api("PUT", "/market", {"settings": {"split_minor": 1}, "version": 0})
    assert (stale.status_code, stale.json["error"]["code"]) == (409, "policy_changed")
    assert api("PUT", "/market", {"settings": {"split_minor": 1}}).json["version"] == 2, "without a version the last word holds"
    [second, first] = api("GET", "/market/versions").json["items"]
    assert second["changes"] == [{"setting": "split_minor", "before": 650, "after": 1}]
    assert api("GET", "/market/versions/1").json == first and first["settings"]["split_minor"] == 650
    assert api("POST", "/market/versions/1/restore", {"version": 2}).json["settings"]["split_minor"] == 650
    assert api("POST", "/market/versions/1/restore", {"version": 2}).status_code == 409
    assert api("GET", "/market/versions/9").status_code == 404 and api("GET", "/sto_none").status_code == 404
    assert api("POST", "/market/follow", {}).status_code == 404, "the market follows nobody"


def test_the_api_refuses_what_the_form_refuses_and_names_it(square, api):
    first, second = square.sellers
    for settings, field in (
        ({"speed": 1}, "settings.speed"), ({"split_minor": 1.0}, "settings.split_minor"), ({"filling": "leave_open"}, "open_minor"),
        ({"preferences": [{"seller_id": square.front.reseller_id, "minor": 1}]}, "preferences"),
        ({"quotas": [{"name": "x", "shares": {first.id: 5_000, second.id: 4_999}, "drift_minor": 1}]}, "quotas"),
        ({"quotas": [{"name": "x", "brand_id": "brd_x", "shares": {first.id: 5_000, second.id: 5_000}, "drift_minor": 1}]}, "quotas"),
        ({"currency": "SEK"}, "currency"),
    ):
        answer = api("PUT", "/market", {"settings": settings})
        assert (answer.status_code, answer.json["error"]["field"]) == (422, field), answer.json
    assert api("GET", "/market").json["version"] == 0


def test_a_storefronts_policy_by_api_and_the_list_of_who_has_one(square, api):
    front, dollars = square.front.id, square.dollars.id
    api("PUT", "/market", {"settings": {"currency": "EUR"}})
    assert api("PUT", f"/{front}", {"settings": {"max_offers": 1}}).json["is_own"]
    rows = {row["scope"]: row for row in api("GET", "").json["items"]}
    assert (rows[front]["is_own"], rows[front]["version"], rows[dollars]["is_own"], rows[dollars]["lacks_rate"]) == (True, 1, False, True)
    assert not api("POST", f"/{front}/follow", {"version": 1}).json["is_own"]
    again = api("POST", f"/{front}/follow", {})
    assert (again.status_code, again.json["error"]["code"]) == (409, "already_follows")


def test_whoever_only_looks_reads_everything_and_changes_nothing(square, client):
    viewer = client(square.user(square.operator_company, "operator_viewer"))
    policy.set_policy(square.actor(square.operator_company), {"split_minor": 600})
    page = viewer.get(f"{HERE}/market")
    assert page.status_code == 200 and "One more parcel €6.00" in text(page) and "Save as a new version" not in text(page)
    assert "Restore this version" not in text(viewer.get(f"{HERE}/market/versions/1"))
    headers = {"Authorization": "Bearer " + shops.key(square.actor(square.operator_company, "operator_viewer"))}
    for path in (f"{HERE}/market", f"{HERE}/market/versions/1/restore", f"{HERE}/{square.front.id}/follow"):
        assert viewer.post(path, data={}).status_code == 403, path
    for method, path, body in (("PUT", "/market", {"settings": {}}), ("POST", "/market/versions/1/restore", {}), ("POST", f"/{square.front.id}/follow", {})):
        assert client().open(f"/api/v1{HERE}{path}", method=method, json=body, headers=headers).status_code == 403, path
    assert policy.current().version == 1


@pytest.mark.parametrize("kind", ["seller", "reseller", "manufacturer"])
def test_nobody_else_finds_a_policy(square, client, kind):
    outsider = client(square.user(getattr(square, kind)()))
    for path in (HERE, f"{HERE}/market", f"/api/v1{HERE}/market", f"/api/v1{HERE}"):
        assert outsider.get(path).status_code == 404, path
    assert outsider.post(f"{HERE}/market", data={}).status_code == 404


def test_lists_cost_the_same_number_of_statements_however_long(square, desk, session):
    def counted(path):
        seen = []
        sa.event.listen(session.connection(), "before_cursor_execute", lambda *event: seen.append(event[2]))
        assert desk.get(path).status_code == 200
        return len([one for one in seen if one.startswith("SELECT")])

    save(desk, form(desk) | quota())
    one = [counted(HERE), counted(f"{HERE}/market")]
    for split in range(5):
        front = square.storefront(square.reseller())
        save(desk, form(desk, front.id) | {"split": f"{split}.50"}, front.id)
        save(desk, form(desk) | {"split": f"{split}.50"})
    assert [counted(HERE), counted(f"{HERE}/market")] == one
