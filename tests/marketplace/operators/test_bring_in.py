"""On an empty market the command line brings in the first operator, then everybody else; said twice, nothing is doubled."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from marketplace.core import tenancy
from marketplace.identity.models import Membership, Organization, Storefront, User
from marketplace.operators.commands import ops
from tests.web import PASSWORD


@pytest.fixture
def run(app, committed):
    def command(*words: str):
        return app.test_cli_runner().invoke(ops, ["company", "--password", PASSWORD, *words])

    return command


def count(session, model) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(model))


def test_the_first_operator_signs_in(app, run):
    said = run("operator", "The Square", "Olga@Example.com")
    assert said.exit_code == 0, said.output
    assert "olga@example.com acts for The Square (the-square)" in said.output
    answer = app.test_client(host="localhost").post("/sign-in", data={"email": "olga@example.com", "password": PASSWORD})
    assert answer.status_code == 303


def test_a_reseller_comes_with_its_storefront_and_a_customer_through_it(run, committed):
    assert run("reseller", "Voltaro", "r@example.com", "--host", "voltaro.test").exit_code == 0
    assert run("buyer", "Acme", "b@example.com", "--reseller", "voltaro").exit_code == 0
    acme = committed.scalar(sa.select(Organization).filter_by(slug="acme"))
    assert acme.reseller_id == committed.scalar(sa.select(Storefront.reseller_id).filter_by(host="voltaro.test"))


def test_said_twice_nothing_is_doubled(run, committed):
    for _ in range(2):
        assert run("reseller", "Voltaro", "r@example.com", "--host", "voltaro.test").exit_code == 0
    tenancy.act_for([tenancy.MARKET])
    assert [count(committed, model) for model in (Organization, Storefront, User, Membership)] == [1, 1, 1, 1]


@pytest.mark.parametrize(("words", "said"), [
    (("buyer", "Acme", "b@example.com"), "Name the reseller"),
    (("buyer", "Acme", "b@example.com", "--reseller", "nobody"), "Name the reseller"),
    (("reseller", "Voltaro", "r@example.com"), "Name the host"),
    (("seller", "Nordkabel", "s@example.com", "--password", "short"), "at least 12 characters"),
    (("seller", "Nordkabel", "s@example.com", "--country", "QQ"), "'QQ' is not a country code."),
])
def test_what_is_missing_is_said_and_nothing_is_half_done(run, committed, words, said):
    answer = run(*words)
    assert answer.exit_code == 1 and said in answer.output
    assert count(committed, Organization) == count(committed, User) == 0
