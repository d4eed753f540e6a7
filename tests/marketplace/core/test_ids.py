"""Ids sort in the order in which they were made, so what is listed by id is listed the same way each time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from marketplace.core.ids import new_id


def test_ids_sort_as_they_were_made_even_within_a_millisecond():
    made = [new_id("ord") for _ in range(20_000)]
    assert made == sorted(made)


def test_ids_keep_their_order_when_the_clock_is_set_back(monkeypatch):
    first, moment = new_id("ord"), time.time_ns() - 10**10
    monkeypatch.setattr(time, "time_ns", lambda: moment)
    assert first < new_id("ord") < new_id("ord")


def test_threads_never_share_an_id():
    with ThreadPoolExecutor(8) as pool:
        made = [id_ for ids in pool.map(lambda _: [new_id("ord") for _ in range(2_000)], range(8)) for id_ in ids]
    assert len(set(made)) == 16_000
    assert {len(id_) for id_ in made} == {24}
