"""What people are told when a request cannot be served: what happened, what to do, in their language."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import RequestEntityTooLarge

from marketplace.identity import sign_in
from marketplace.web.security import limiter


@pytest.fixture
def limits(app):
    """The limits count, in memory of their own."""
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.reset()
    limiter.enabled = False


def wrong(email, password):
    raise sign_in.WrongCredentials


def _try(browser, email, password, **options):
    return browser.post("/sign-in", data={"email": email, "password": password}, **options)


def test_who_fails_too_often_is_told_when_to_try_again_and_others_at_the_same_place_sign_in(client, market, limits):
    victim, colleague = market.user(market.seller()), market.user(market.seller())
    browser = client()
    browser.get("/sign-in?lang=es")
    for _ in range(20):
        assert _try(browser, victim.email, "guess").status_code == 422
    answer = _try(browser, victim.email.upper(), "guess")
    assert answer.status_code == 429 and 0 < int(answer.headers["Retry-After"]) <= 60
    assert "Espere un minuto" in answer.get_data(as_text=True)
    assert client(colleague).get("/seller/").status_code == 200


def test_signing_in_rightly_is_never_too_often(client, market, limits):
    user = market.user(market.seller())
    for _ in range(25):
        client(user)


def test_one_place_that_tries_many_addresses_is_stopped(client, limits, monkeypatch):
    monkeypatch.setattr(sign_in, "check_password", wrong)  # a real one takes its time, on purpose
    browser = client()
    assert {_try(browser, f"{number}@x.test", "guess").status_code for number in range(200)} == {422}
    assert _try(browser, "201@x.test", "guess").status_code == 429


def test_a_form_that_was_open_too_long_is_kept_for_sending_again(client, market):
    browser = client(market.user(market.seller()))
    browser.delete_cookie("market_state")
    late = {"data": {"name": "Nord <ERP>", "permissions": ["offer:read", "order:read"], "csrf_token": "old"}, "headers": {"Origin": "http://localhost"}}
    answer = browser.post("/seller/keys", **late)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 400 and "open for too long" in page and "CSRF" not in page
    assert 'action="/seller/keys"' in page and 'value="Nord &lt;ERP&gt;"' in page and 'value="order:read"' in page and 'value="old"' not in page


@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_a_form_of_another_site_is_not_offered_for_sending(client, market, origin):
    browser = client(market.user(market.seller()))
    browser.token()
    browser.delete_cookie("market_state")
    page = browser.post("/seller/keys", data={"name": "theirs"}, headers={"Origin": origin} if origin else {}).get_data(as_text=True)
    assert 'value="theirs"' not in page and "send it once more" in page


def test_a_part_of_a_page_that_was_open_too_long_loads_the_page_anew(client, market):
    browser = client(market.user(market.seller()))
    browser.token()
    browser.delete_cookie("market_state")
    assert browser.post("/seller/keys", data={}, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_what_forms_are_checked_by_outlives_the_browser_as_the_sign_in_does(client, market):
    browser = client(market.user(market.seller()))
    state, signed_in = (browser.get_cookie(name) for name in ("market_state", "market_session"))
    assert state.max_age or state.expires > signed_in.expires


@pytest.mark.parametrize(("language", "too_large", "wrong"), [("es", "Divídalo", "por nuestra parte"), ("pt_BR", "Divida", "do nosso lado")])
def test_what_is_too_large_and_what_went_wrong_is_said_in_the_readers_language(app, client, monkeypatch, language, too_large, wrong):
    browser = client()
    browser.get(f"/sign-in?lang={language}")
    failures = iter([RequestEntityTooLarge(), RuntimeError("a bug")])

    def fail():
        raise next(failures)

    monkeypatch.setitem(app.view_functions, "auth.sign_in_page", fail)
    answer = browser.get("/sign-in")
    assert answer.status_code == 413 and too_large in answer.get_data(as_text=True)
    answer = browser.get("/sign-in")
    assert answer.status_code == 500 and wrong in answer.get_data(as_text=True)


@pytest.mark.parametrize(("error", "status"), [
    (psycopg.OperationalError("sending query failed: another command is already in progress"), 503), (psycopg.OperationalError("connection socket closed"), 503),
    (psycopg.errors.AdminShutdown("terminating connection"), 503), (psycopg.errors.UndefinedTable("no such table"), 500),
    (psycopg.errors.DiskFull("could not extend file"), 503), (psycopg.errors.DeadlockDetected("deadlock detected"), 500)])
def test_a_database_that_was_killed_in_the_middle_is_no_fault_of_the_request(app, client, monkeypatch, error, status):
    def fail():
        raise DBAPIError.instance("SELECT 1", {}, error, psycopg.Error)

    monkeypatch.setitem(app.view_functions, "auth.sign_in_page", fail)
    assert client().get("/sign-in").status_code == status
