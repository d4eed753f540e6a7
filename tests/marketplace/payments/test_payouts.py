"""From an onboarded seller to its bank: accounts, transfers that wait, payouts that arrive or bounce."""

from __future__ import annotations

from html import unescape

import pytest

from marketplace.core import money
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.ledger import service as ledger
from marketplace.payments import accounts, payouts, reconcile, releases
from marketplace.payments.models import OperatorTask, Payout
from marketplace.web.sandbox import accounts as sandbox
from marketplace.web.sandbox import provider as banker
from marketplace.web.sandbox import store
from tests.journeys.test_order_to_payout import broken, drained


def test_a_seller_sets_up_payouts_on_the_providers_page_and_has_one_account(world):
    mine = world.account(world.seller)
    assert accounts.of(world.seller.id).status == "active"
    assert world.account(world.seller) == mine and len(store.every(world.books, "v2.core.account")) == 1


def test_an_account_that_is_not_finished_cannot_receive(world):
    world.account(world.seller, "leave")
    assert accounts.of(world.seller.id).status == "pending"
    assert accounts.look(accounts.of(world.seller.id).provider_account_id) == "restricted"


def test_a_clerk_may_not_set_up_payouts(world):
    with pytest.raises(Forbidden):
        accounts.set_up(world.market.actor(world.seller, "seller_clerk"), "http://localhost/")


def test_released_money_waits_visibly_for_an_account_and_goes_when_there_is_one(world, delivered):
    order = world.order()
    delivered(order)
    assert {(one.status, one.because is None) for one in world.transfers()} == {("waiting", False)}
    assert store.every(world.books, "transfer") == []
    owed = ledger.balance(f"seller:available:{world.seller.id}", "EUR")
    world.account(world.seller)
    assert [one.status for one in world.transfers() if one.organization_id == world.seller.id] == ["sent"]
    assert [one["amount"] for one in store.every(world.books, "transfer")] == [owed]
    assert ledger.balance(f"seller:available:{world.seller.id}", "EUR") == 0
    assert broken() == []


def waiting() -> list[OperatorTask]:
    return list(db.session.scalars(db.select(OperatorTask).filter_by(closed_at=None).order_by(OperatorTask.id)))


def test_a_transfer_that_waits_is_sent_again_and_leaves_the_list(world, delivered, client):
    person, seller_id, name = world.market.user(world.market.operator()), world.seller.id, world.seller.name
    delivered(world.order())
    found = [one for one in waiting() if one.about["organization_id"] == seller_id]
    assert len(found) == 1 and name in found[0].message and "trf_" not in found[0].message
    mine = world.account(world.seller)
    assert [one for one in waiting() if one.about["organization_id"] == seller_id] == [], "it was sent once there was an account"
    store.put(world.books, _with(store.get(world.books, mine), "restricted"))
    delivered(world.order())
    (refused,) = [one for one in waiting() if one.kind == "transfer_refused"]
    transfer_id, message = refused.about["transfer_id"], refused.message
    sandbox.become(world.books, mine, "active")
    desk = client(person)
    assert message.partition(" for ")[2] in unescape(desk.get("/operator/").get_data(as_text=True))
    assert desk.post(f"/operator/transfers/{transfer_id}/again").status_code == 303
    drained()
    assert [one for one in waiting() if one.about.get("transfer_id") == transfer_id] == [] and broken() == []


def test_what_a_person_has_looked_at_leaves_the_list_once(world, delivered, client):
    operator = world.market.operator()
    people = world.market.user(operator), world.market.user(operator, "operator_viewer")
    delivered(world.order())
    desk, viewer = (client(person) for person in people)
    before = desk.get("/api/v1/operator/tasks").json["items"]
    task_id = before[0]["id"]
    assert "Looked at" in desk.get("/operator/").get_data(as_text=True) and "Looked at" not in viewer.get("/operator/").get_data(as_text=True)
    assert viewer.post(f"/operator/tasks/{task_id}/close").status_code == 403
    assert desk.post(f"/operator/tasks/{task_id}/close").status_code == 303
    closed = db.session.get_one(OperatorTask, task_id).closed_at
    assert desk.post(f"/api/v1/operator/tasks/{task_id}/close", json={}).status_code == 200
    assert db.session.get_one(OperatorTask, task_id, populate_existing=True).closed_at == closed
    assert [one["id"] for one in desk.get("/api/v1/operator/tasks").json["items"]] == [one["id"] for one in before[1:]]
    assert desk.post("/operator/tasks/tsk_none/close").status_code == 404


def test_an_account_that_lost_its_capability_is_refused_and_paid_once_it_has_it_again(world, delivered):
    mine = world.account(world.seller)
    store.put(world.books, _with(store.get(world.books, mine), "restricted"))  # lost, and nobody told us yet
    delivered(world.order())
    (refused,) = [one for one in world.transfers() if one.organization_id == world.seller.id]
    assert (refused.status, refused.attempt) == ("refused", 2) and "cannot receive" in refused.because
    assert db.session.scalar(db.select(OperatorTask.kind).filter_by(kind="transfer_refused")) == "transfer_refused"
    store.put(world.books, _with(store.get(world.books, mine), "restricted"))
    assert accounts.look(mine) == "restricted"
    sandbox.become(world.books, mine, "active")
    world.deliver()
    assert len(store.every(world.books, "transfer")) == 1 and broken() == []


def _with(account, word):
    account["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]["status"] = word
    return account


def test_a_payout_is_recorded_once_with_the_transfers_in_it(world, delivered):
    mine = world.account(world.seller)
    delivered(world.order())
    (payout,) = sandbox.pay_out(world.books, mine)
    assert "payout.created" in world.deliver()
    sandbox.arrive(world.books, payout["id"])
    assert world.deliver() == ["payout.paid"]
    payouts.look(payout["id"], mine)
    (row,) = payouts.listed(world.market.actor(world.seller))
    sent = next(one for one in world.transfers() if one.organization_id == world.seller.id)
    assert (row["status"], row["amount_minor"], row["currency"]) == ("paid", sent.amount_minor, "EUR")
    assert [one["id"] for one in row["transfers"]] == [sent.id] and row["arrives_at"]
    assert db.session.scalar(db.select(db.func.count()).select_from(Payout)) == 1
    assert payouts.listed(world.market.actor(world.market.seller())) == []
    assert broken() == []


def test_a_payout_that_was_just_made_is_no_break_and_one_that_was_never_told_is(world, delivered):
    mine = world.account(world.seller)
    delivered(world.order())
    (payout,) = sandbox.pay_out(world.books, mine)
    assert broken() == [], "its message is on the way"
    store.put(world.books, store.get(world.books, payout["id"]) | {"created": payout["created"] - 7_200})
    ((name, (said,)),) = broken()
    assert "connected accounts" in name and world.seller.id in said and f"{money.said(payout['amount'], 'EUR')} by our" in said


def test_a_payout_whose_messages_were_lost_is_found_by_the_reconciliation(world, delivered):
    mine = world.account(world.seller)
    delivered(world.order())
    (payout,) = sandbox.pay_out(world.books, mine)
    sandbox.arrive(world.books, payout["id"])
    world.books.execute("DELETE FROM events")
    reconcile.ask()
    drained()
    (row,) = payouts.listed(world.market.actor(world.seller))
    assert (row["status"], row["amount_minor"], len(row["transfers"])) == ("paid", payout["amount"], 1)
    assert payouts.catch_up(mine) == 0


def test_a_paid_payout_that_bounces_is_failed_and_the_next_one_takes_its_transfers(world, delivered):
    mine = world.account(world.seller)
    delivered(world.order())
    (payout,) = sandbox.pay_out(world.books, mine)
    sandbox.arrive(world.books, payout["id"])
    sandbox.bounce(world.books, payout["id"])
    world.deliver()
    (row,) = payouts.listed(world.market.actor(world.seller))
    assert (row["status"], row["transfers"]) == ("failed", []) and "closed" in row["because"]
    sandbox.pay_out(world.books, mine)
    world.deliver()
    assert [len(one["transfers"]) for one in payouts.listed(world.market.actor(world.seller))] == [1, 0]
    assert broken() == []


def test_a_reversed_transfer_is_owed_again_however_often_it_is_told(world, delivered):
    mine = world.account(world.seller)
    delivered(world.order())
    sent = next(one for one in world.transfers() if one.organization_id == world.seller.id)
    made = store.get(world.books, sent.provider_id)
    banker.reverse(world.books, made, {"amount": "300"})
    assert "transfer.reversed" in world.deliver()
    releases.look(sent.provider_id)
    assert ledger.balance(f"seller:available:{world.seller.id}", "EUR") == 300 and broken() == []
    banker.reverse(world.books, store.get(world.books, sent.provider_id), {})
    world.deliver()
    assert {one.status for one in world.transfers() if one.organization_id == world.seller.id} == {"reversed"}
    assert sandbox.balance(world.books, mine) == {"eur": 0} and broken() == []
