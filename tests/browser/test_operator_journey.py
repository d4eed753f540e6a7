"""The operator in a real browser: an order, why it went where, the books, and a dead letter tried again."""

from __future__ import annotations

from marketplace.core import clock, jobs, outbox
from marketplace.core.outbox import OutboxRow
from tests.browser.walk import enter, press, sign_in, sound, unfold
from tests.factories import Market
from tests.journeys.test_order_to_payout import Shop


def test_the_operator_looks_after_the_market(address, window, committed):
    page, market = window, Market()
    variant = market.variant(market.brand(market.manufacturer("Volta Works"), "Volta"), "Relay 24 V")
    for name, price in (("Near", 1000), ("Far", 1100)):
        market.offer(market.seller(name), variant, price_minor=price)
    shop = Shop(market)
    number, email = shop.order((variant, 2)).number, market.user(market.operator()).email
    outbox.publish("test.gone", "k1", {})
    committed.flush()
    dead = committed.query(OutboxRow).filter_by(topic="test.gone").one()
    dead.dead_at, dead.attempts, dead.last_error = clock.now(), 9, "nobody listens"
    committed.commit()
    jobs.drain_all()
    sign_in(page, address, email)
    page.get_by_role("heading", name="The market's pulse").wait_for()
    sound(page, "operator-home")
    unfold(page)
    press(page, "link", "Orders")
    page.get_by_label("Order number").fill(number[:6])
    enter(page)
    sound(page, "operator-orders")
    press(page, "link", number)
    sound(page, "operator-order")
    press(page, "link", "As ordered")
    page.get_by_role("heading", name="Why each line went where").wait_for()
    press(page, "link", "Solve it again now")
    page.get_by_text("the verifier confirms it").wait_for()
    sound(page, "operator-decision")
    page.goto(address + "/operator/matching/?shown=all")
    page.get_by_role("link", name=number).wait_for()
    sound(page, "operator-matching")
    page.goto(address + "/operator/money")
    press(page, "button", "Compare now")
    jobs.drain_all()
    page.goto(address + "/operator/money")
    page.get_by_text("Balanced").first.wait_for()
    sound(page, "operator-money")
    page.goto(address + "/operator/work")
    page.get_by_text("nobody listens").wait_for()
    sound(page, "operator-work")
    press(page, "button", "Try again")
    page.get_by_text("It will be tried again now.").wait_for()
    assert page.get_by_text("nobody listens").count() == 0
    for path in ("companies", "trail"):
        page.goto(f"{address}/operator/{path}")
        sound(page, "operator-" + path)
    page.goto(f"{address}/operator/companies")
    for direction in ("ascending", "descending"):
        press(page, "link", "Name", exact=False)
        page.locator(f"th[aria-sort={direction}]").wait_for()
        names = [name.split("\n")[0] for name in page.locator("tbody tr td:first-child").all_inner_texts()]
        assert len(names) > 3 and names == sorted(names, reverse=direction == "descending")
    sound(page, "operator-sorted")


def test_the_operator_sets_the_policy_without_a_mouse(address, window, committed):
    page, market = window, Market()
    market.seller("Near")
    market.storefront(market.reseller())
    email = market.user(market.operator()).email
    committed.commit()
    sign_in(page, address, email)
    page.goto(f"{address}/operator/policies")
    sound(page, "operator-policies")
    page.get_by_role("link", name="The market").focus()
    enter(page)
    page.get_by_label("One more parcel").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("6.50")
    page.get_by_label("Seller", exact=True).first.focus()
    page.keyboard.type("near")
    enter(page)
    page.get_by_text("Say which seller, and what preferring it is worth.").first.wait_for()
    sound(page, "operator-policy-refused")
    page.get_by_label("Worth", exact=True).first.focus()
    page.keyboard.type("2.00")
    enter(page)
    page.get_by_text("This is the policy from now on.").wait_for()
    page.get_by_text("One more parcel: €4.00 → €6.50").wait_for()
    page.get_by_text("Near preferred (everywhere), worth €2.00").wait_for()
    sound(page, "operator-policy")
    page.get_by_role("link", name="version 1").focus()
    enter(page)
    page.get_by_text("the newest").wait_for()
    sound(page, "operator-policy-version")
