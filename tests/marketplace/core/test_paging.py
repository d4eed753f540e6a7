"""Lists in any order, page by page: every row once, in order, whatever is equal; a cursor belongs to its order."""

from __future__ import annotations

import base64

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core import clock, paging
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.identity.models import Organization
from tests.factories import add

SORTS: paging.Sorts = {"name": Organization.name, "since": Organization.created_at, "id": Organization.id}


def company(number: int, name: str) -> Organization:
    id_ = f"org_{number:03d}"
    return add(Organization(id=id_, lineage=[id_], slug=f"company-{number}", name=name, kinds=["seller"], status="approved", country="DE",
                            currency="EUR", created_at=clock.now().replace(microsecond=number % 3)))


def walked(sort: str, limit: int) -> list[str]:
    """The ids of every page in turn."""
    found, cursor = [], None
    while True:
        page = paging.sorted_page(db.select(Organization), Organization.id, paging.Ask(cursor, limit, sort), SORTS)
        found += [row.id for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(["Acme", "acme", "Bolt", "Zürich", ""]), max_size=12), limit=st.integers(1, 5),
       sort=st.sampled_from(["", "name", "-name", "since", "-since", "id", "-id"]))
def test_every_row_comes_once_and_in_order_whatever_is_equal(session, names, limit, sort):
    with session.begin_nested() as inside:
        rows = [company(number, name) for number, name in enumerate(names)]
        session.flush()
        by = {"name": lambda row: (row.name, row.id), "since": lambda row: (row.created_at, row.id), "id": lambda row: row.id}
        falling = not sort or sort.startswith("-")
        expected = sorted(rows, key=by[sort.removeprefix("-") or "id"], reverse=falling)
        assert walked(sort, limit) == [row.id for row in expected]
        inside.rollback()
        session.expunge_all()


def test_a_cursor_of_another_order_is_refused(session):
    for number in range(3):
        company(number, "Acme")
    session.flush()

    def cursor_of(sort):
        return paging.sorted_page(db.select(Organization), Organization.id, paging.Ask(None, 1, sort), SORTS).next_cursor

    for given_out, used in (("name", "-name"), ("name", ""), ("", "name"), ("since", "name")):
        with pytest.raises(Invalid) as refusal:
            paging.sorted_page(db.select(Organization), Organization.id, paging.Ask(cursor_of(given_out), 1, used), SORTS)
        assert refusal.value.field == "cursor"


@pytest.mark.parametrize("values", [["since", "yesterday", "org_1"], ["since", 7, "org_1"], ["since", "2026-01-01"], [], ["x"], [1, 2, 3], ["since", "2026-01-01T00:00:00", "org\0"], ["since", 2**70, "org_1"], [None], [1.5]])
def test_a_cursor_that_was_not_given_out_is_refused(session, values):
    with pytest.raises(Invalid):
        paging.sorted_page(db.select(Organization), Organization.id, paging.Ask(paging.encode(values), 1, "since"), SORTS)


def test_a_list_says_by_what_it_can_be_sorted(session):
    with pytest.raises(paging.UnknownSort) as refusal:
        paging.sorted_page(db.select(Organization), Organization.id, paging.Ask(sort="-shoe_size"), SORTS)
    assert refusal.value.field == "sort" and "name, since, id" in refusal.value.message


@pytest.mark.parametrize("values", ['["\\ud800"]', '["a\\u0000"]', "[1e999]", "[99999999999999999999]", "[{}]", "[null]", "{}", "[]"])
def test_a_forged_cursor_is_refused_before_the_database_sees_it(values):
    with pytest.raises(Invalid) as refusal:
        paging.decode(base64.urlsafe_b64encode(values.encode()).decode())
    assert refusal.value.field == "cursor"
