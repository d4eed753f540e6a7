"""Activity in a real browser: it follows what runs by itself, keeps the focus where it is, and comes to rest."""

from __future__ import annotations

from datetime import timedelta

from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.core.outbox import OutboxRow
from marketplace.offers.models import OfferImport
from marketplace.pricing import feeds
from tests.browser.walk import press, sign_in, sound, unfold
from tests.factories import Market, add


def test_running_work_is_followed_to_its_result_without_a_reload(address, window, committed):
    page, market = window, Market()
    seller = market.seller("Nordkabel")
    email = market.user(seller).email
    common = {"seller_id": seller.id, "content": b"x", "sha256": "x", "errors": [], "unread": [], "created_by": "test", "created_at": clock.now() - timedelta(seconds=20)}
    add(OfferImport(id=new_id("oim"), file_name="winter.csv", status="done", total=500, done=500, counts={"created": 490, "updated": 3, "refused": 7}, **common))
    record = add(OfferImport(id=new_id("oim"), file_name="spring.csv", status="working", total=90_000, done=30_000,
                             counts={"created": 29_990, "updated": 0, "refused": 10}, **common))
    add(OutboxRow(id=new_id("out"), topic=feeds.TOPIC, key=f"{feeds.TOPIC}:{record.id}:30001", payload={}, next_at=clock.now() + timedelta(days=1),
                  attempts=0, created_at=clock.now()))
    committed.commit()
    sign_in(page, address, email)
    page.get_by_role("heading", name="Today").wait_for()
    unfold(page)
    press(page, "link", "Activity")
    page.get_by_text("seconds to go").wait_for()
    sound(page, "activity-running")
    page.evaluate("window.here = 1")
    page.get_by_role("link", name="spring.csv").focus()

    record.done = 60_000
    committed.commit()
    page.get_by_text("60,000 / 90,000").wait_for()
    assert page.evaluate("document.activeElement.id") == f"work-{record.id}"

    record.status, record.done, record.counts = "done", 90_000, {"created": 89_990, "updated": 0, "refused": 10}
    committed.commit()
    page.get_by_text("Created 89,990").wait_for()
    assert page.get_by_text("Not over yet").count() == 0
    assert page.evaluate("window.here") == 1 and page.evaluate("document.activeElement.id") == f"work-{record.id}"
    assert page.locator("#activity").get_attribute("hx-trigger") is None
    sound(page, "activity-over")
