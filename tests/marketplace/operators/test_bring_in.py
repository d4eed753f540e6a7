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
    (("seller", "Nordkabel", "s@example.com", "--currency", "EURO"), "'EURO' is not a currency code."),
    (("seller", "Nordkabel", "s@example.com", "--currency", "ZZZ"), "'ZZZ' is not a currency code."),
    (("seller", "Nordkabel", "nobody"), "'nobody' is not an e-mail address."),
    (("seller", "Nordkabel", ""), "'' is not an e-mail address."),
    (("seller", "   ", "s@example.com"), "A company's name has 1 to 120 characters on one line."),
    (("seller", "Nord\nkabel", "s@example.com"), "A company's name has 1 to 120 characters on one line."),
    (("seller", "N" * 121, "s@example.com"), "A company's name has 1 to 120 characters on one line."),
    (("reseller", "Voltaro", "r@example.com", "--host", "localhost"), "This is not a host name."),
    (("reseller", "Voltaro", "r@example.com", "--host", "http://voltaro.test/"), "This is not a host name."),
])
def test_what_is_missing_is_said_and_nothing_is_half_done(run, committed, words, said):
    answer = run(*words)
    assert answer.exit_code == 1 and said in answer.output
    assert count(committed, Organization) == count(committed, User) == 0


def test_who_is_named_like_a_company_of_another_part_does_not_get_into_it(run, committed):
    assert run("operator", "The Square", "olga@example.com").exit_code == 0
    answer = run("seller", "The Square", "s@example.com")
    assert answer.exit_code == 1 and "The Square (the-square) is on the market as operator, not as seller." in answer.output
    assert count(committed, User) == 1, "nobody else came in, and nobody became an operator"


def test_a_host_is_one_storefronts_and_a_customer_one_resellers(run, committed):
    assert run("reseller", "Voltaro", "r@example.com", "--host", "voltaro.test").exit_code == 0
    assert "This host name is taken." in run("reseller", "Amperia", "a@example.com", "--host", "Voltaro.test").output
    assert run("reseller", "Amperia", "a@example.com", "--host", "amperia.test").exit_code == 0
    assert run("buyer", "Acme", "b@example.com", "--reseller", "voltaro").exit_code == 0
    assert "buys through another reseller already" in run("buyer", "Acme", "b@example.com", "--reseller", "amperia").output
    acme = committed.scalar(sa.select(Organization).filter_by(slug="acme"))
    assert acme.reseller_id == committed.scalar(sa.select(Organization.id).filter_by(slug="voltaro"))
