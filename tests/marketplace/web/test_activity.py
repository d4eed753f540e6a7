"""Activity: a party's long work in one list, running first, then what is over with its result and the file of what was refused."""

from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import event

from marketplace.catalog import imports
from marketplace.catalog.models import CatalogImport, ImportStatus
from marketplace.core import clock, progress
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.outbox import OutboxRow
from marketplace.offers.models import OfferImport
from marketplace.operators.models import Verification
from marketplace.pricing import feeds
from tests.factories import Market, add

CATALOG = b"MPN;Brand;Name;EAN\nV-1;Volta;Relay one;4032248855865\nV-2;Volta;Relay two;123\n"


@pytest.fixture
def here(market: Market, client) -> SimpleNamespace:
    """A manufacturer, a seller and the operator, each at a browser."""
    organizations = {"manufacturer": market.manufacturer("Volta Works"), "seller": market.seller("Nordkabel"), "operator": market.operator()}
    return SimpleNamespace(**organizations, browsers={kind: client(market.user(one)) for kind, one in organizations.items()})


def told(here, kind: str, path: str = "") -> dict:
    answer = here.browsers[kind].get(f"/api/v1/{kind}/activity{path}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def page(here, kind: str, **headers: str) -> str:
    return " ".join(here.browsers[kind].get(f"/{kind}/activity", headers=headers).get_data(as_text=True).split())


def catalog(organization, status: str = "applied", name: str = "catalog.csv", **values) -> CatalogImport:
    return add(CatalogImport(**{
        "id": new_id("imp"), "manufacturer_id": organization.id, "file_name": name, "format": "csv", "content": b"x", "sha256": new_id("x"),
        "mapping": {}, "mode": "full", "retires_gone": False, "status": status, "total": 0, "done": 0, "counts": {}, "unmapped": [],
        "created_by": "test", "created_at": clock.now(), **values}))


def offers(organization, status: str = "done", name: str = "offers.csv", **values) -> OfferImport:
    return add(OfferImport(**{
        "id": new_id("oim"), "seller_id": organization.id, "file_name": name, "content": b"x", "sha256": "x", "status": status, "total": 0,
        "done": 0, "counts": {}, "errors": [], "unread": [], "created_by": "test", "created_at": clock.now(), **values}))


def work(key: str, **values) -> OutboxRow:
    return add(OutboxRow(**{"id": new_id("out"), "topic": key.partition(":")[0], "key": key, "payload": {}, "next_at": clock.now(), "attempts": 0,
                            "created_at": clock.now(), **values}))


def test_a_catalog_is_followed_from_the_upload_to_its_error_file(here):
    browser = here.browsers["manufacturer"]
    assert "No long work yet" in page(here, "manufacturer")
    made = browser.post("/api/v1/manufacturer/imports", data={"file": (io.BytesIO(CATALOG), "spring.csv")}, content_type="multipart/form-data").json["id"]
    one, = told(here, "manufacturer")["unfinished"]
    assert (one["id"], one["title"], one["stage"]) == (made, "spring.csv", "running")
    imports.stage(made)
    one, = told(here, "manufacturer")["unfinished"]
    assert (one["stage"], one["status"], one["refused"]) == ("waiting", "staged", 1)
    shown = page(here, "manufacturer")
    assert "Look at the rows, then approve" in shown and "· Refused 1" in shown and "<progress" not in shown
    browser.post(f"/api/v1/manufacturer/imports/{made}/approve", json={})
    assert told(here, "manufacturer")["unfinished"][0]["stage"] == "running"
    while imports.apply(made):
        pass
    found = told(here, "manufacturer")
    one, = found["items"]
    assert (found["unfinished"], one["status"], one["counts"]["new"], one["refused"]) == ([], "applied", 1, 1)
    assert browser.get(one["address"]).status_code == 200
    assert "BAD_GTIN" in browser.get(one["refused_file"]).get_data(as_text=True)


def test_an_offer_file_shows_its_rows_its_rate_and_the_rest_of_its_time(here):
    record = offers(here.seller, "working", total=100, done=40, created_at=clock.now() - timedelta(seconds=10), counts={"refused": 2})
    work(f"{feeds.TOPIC}:{record.id}:41")
    shown = page(here, "seller")
    assert "40 / 100" in shown and "4 rows a second, about 15 seconds to go" in shown and 'hx-trigger="every 2s"' in shown
    record.status, record.done, record.counts = "done", 100, {"created": 90, "updated": 8, "refused": 2}
    shown = page(here, "seller")
    assert "Created 90" in shown and f"/seller/imports/{record.id}/refused.csv" in shown


def test_the_list_asks_for_itself_again_only_while_something_runs(here):
    held = catalog(here.manufacturer, "received")
    shown = page(here, "manufacturer")
    assert "Its columns are not chosen yet." in shown and "every 2s" not in shown
    assert here.browsers["manufacturer"].get(f"/manufacturer/catalog/imports/{held.id}").location.endswith("/mapping")
    work(f"catalog.stage:{held.id}:0")
    part = page(here, "manufacturer", **{"HX-Request": "true"})
    assert 'hx-get="/manufacturer/activity"' in part and "<html" not in part


def test_work_that_failed_too_often_does_not_look_as_if_it_ran(here):
    record = catalog(here.manufacturer, "applying", total=10, done=5)
    row = work(f"catalog.apply:{record.id}:5")
    assert told(here, "manufacturer")["unfinished"][0]["stage"] == "running"
    row.dead_at = clock.now()
    assert told(here, "manufacturer")["unfinished"][0]["stage"] == "stopped"
    assert "has stopped" in page(here, "manufacturer") and "every 2s" not in page(here, "manufacturer")


def test_running_work_stands_before_what_waits_however_old_it_is(here):
    running = offers(here.seller, "working", "old.csv")
    work(f"{feeds.TOPIC}:{running.id}:1")
    waiting = catalog(here.manufacturer, "staged", "new.csv")
    assert [one["id"] for one in told(here, "operator")["unfinished"]] == [running.id, waiting.id]


def test_nobody_sees_anothers_work_but_the_operator_who_gets_no_address(here, market, client):
    catalog(here.manufacturer), offers(here.seller, counts={"refused": 1})
    for kind in ("manufacturer", "seller"):
        other = client(market.user(getattr(market, kind)()))
        assert other.get(f"/api/v1/{kind}/activity").json == {"unfinished": [], "items": [], "next_cursor": None}
        assert len(told(here, kind)["items"]) == 1
    found = told(here, "operator")["items"]
    assert [(one["whose"], one["address"], one["refused_file"]) for one in found] == [("Nordkabel", None, None), ("Volta Works", None, None)]


def test_a_clerk_without_the_right_is_told_so_and_has_no_such_entry(here, market, client):
    clerk = client(market.user(here.seller, "seller_clerk"))
    assert clerk.get("/seller/activity").status_code == clerk.get("/api/v1/seller/activity").status_code == 403
    assert "/seller/activity" not in clerk.get("/seller/").get_data(as_text=True)


def test_a_comparison_of_the_books_is_followed_to_its_verdict_and_the_file_of_its_breaks(here):
    browser = here.browsers["operator"]
    browser.post("/api/v1/operator/money/checks")
    one, = told(here, "operator")["unfinished"]
    assert (one["kind"], one["stage"]) == ("comparison", "running")
    db.session.execute(db.update(OutboxRow).values(done_at=clock.now()))
    add(Verification(id=new_id("ver"), at=clock.now(), asked_by="schedule", breaks=1, micros=1,
                     comparisons=[{"name": "stock", "compared": 7, "breaks": ["off_1 lacks 2"]}]))
    one, = told(here, "operator")["items"]
    assert (one["status"], one["total"], one["refused"]) == ("failed", 7, 1)
    assert "stock,off_1 lacks 2" in browser.get(one["refused_file"]).get_data(as_text=True)
    assert browser.get(one["refused_file"].replace("ver_", "ver_x")).status_code == 404


def test_what_is_over_goes_on_page_by_page_across_its_kinds_and_nothing_twice(here):
    made = [(catalog, here.manufacturer), (offers, here.seller)] * 4
    ids = [make(one).id for make, one in made]
    seen, cursor = [], None
    for _page in range(3):
        found = told(here, "operator", f"?limit=3{f'&cursor={cursor}' if cursor else ''}")
        seen += [one["id"] for one in found["items"]]
        cursor = found["next_cursor"]
    assert (seen, cursor) == (ids[::-1], None)
    assert here.browsers["operator"].get("/api/v1/operator/activity?cursor=nonsense").status_code == 422


def test_much_work_costs_as_many_statements_as_little(here, session):
    statements: list[str] = []
    event.listen(session.connection().engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    def fill():
        catalog(here.manufacturer), offers(here.seller)
        work(f"{feeds.TOPIC}:{offers(here.seller, 'working').id}:1")
        work(f"catalog.stage:{catalog(here.manufacturer, ImportStatus.READING.value).id}:0")

    def costs():
        found = []
        for kind, browser in here.browsers.items():
            browser.get(f"/{kind}/activity")
            statements.clear()
            assert browser.get(f"/{kind}/activity").status_code == 200
            found.append(len(statements))
        return found

    fill()
    few = costs()
    for _ in range(6):
        fill()
    assert costs() == few


def test_a_portal_has_at_most_nine_entries(app):
    assert {portal.name: len(portal.nav) for portal in app.extensions["portals"].values() if len(portal.nav) > 9} == {}


def test_the_pace_is_what_was_done_in_the_time_and_what_the_rest_takes_at_it():
    began = clock.now() - timedelta(seconds=20)
    assert progress.pace(100, 400, began, clock.now()) == progress.Pace(5, 60)
    assert progress.pace(0, 400, began) == progress.pace(5, 5, None) == progress.Pace(None, None)
