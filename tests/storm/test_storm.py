"""T5: kill -9 of everything at random while orders flow, and nothing is lost, doubled or left behind.

STORM_SEED replays a storm. One runs here, three by `make soak`.
"""

from __future__ import annotations

import os
import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.figures import figure
from tests.storm import reckoning, square
from tests.storm.buyers import Buyer, Diary

ORDERS, KILLS = 400, 36
SEEDS = figure(1, 3)


def rage(here: square.Running, seed: int, orders: int, kills: int) -> Diary:
    """Let `orders` be placed while `kills` processes are killed: each part of the orders waits for its part of the kills."""
    diary, killed, over = Diary(), [], threading.Event()
    plan = [square.VICTIMS[number % len(square.VICTIMS)] for number in range(kills)]
    chance = random.Random(seed)
    chance.shuffle(plan)
    buyers = [Buyer(here, who, diary) for who in here.buyers]

    def one(buyer: int) -> None:
        for number in range(buyer, orders, len(buyers)):
            while number * kills > (len(killed) + 1) * orders and not over.is_set():
                time.sleep(0.05)
            buyers[buyer].order(number, random.Random(seed * 100_003 + number))

    with ThreadPoolExecutor(len(buyers)) as pool:
        done = [pool.submit(one, buyer) for buyer in range(len(buyers))]
        try:
            for victim in plan:
                time.sleep(chance.uniform(0.3, 1.5))
                square.kill(here, victim)
                killed.append(victim)
                time.sleep(chance.uniform(0.0, 0.5))
                square.stand_up(here)
        finally:
            over.set()
        while not all(each.done() for each in done):
            square.stand_up(here)
            time.sleep(0.5)
        for each in done:
            each.result()
    square.stand_up(here)
    square.answering(here)
    return diary


@pytest.mark.parametrize("number", range(SEEDS))
def test_nothing_acknowledged_is_lost_in_a_storm_of_kills(tmp_path, number):
    seed = int(os.environ.get("STORM_SEED", "0")) or secrets.randbelow(10**6)
    print(f"STORM_SEED={seed}")
    with square.running(tmp_path / "storm") as here:
        begun = time.monotonic()
        diary = rage(here, seed, ORDERS, KILLS)
        seconds = reckoning.drained(here)
        faults = reckoning.faults(here, diary)
        print(f"{len(diary.acknowledged)} orders, {len(diary.refused)} refused, {KILLS} kills in {time.monotonic() - begun:.0f} s,"
              f" drained in {seconds:.1f} s")
        assert not faults, f"STORM_SEED={seed}: {faults[:20]}"
        assert seconds <= reckoning.DRAINED_WITHIN, f"STORM_SEED={seed}: drained in {seconds:.1f} s"
        assert len(diary.acknowledged) > ORDERS * 0.8 and set(diary.refused) <= {"cannot_fulfil"}


@pytest.mark.parametrize(("plant", "kills", "words"), [("naive_stock", 0, "stock"), ("early_enqueue", 4, "is pending")])
def test_a_planted_bug_does_not_survive_a_smaller_storm(tmp_path, plant, kills, words):
    with square.running(tmp_path / "storm", plant) as here:
        diary = rage(here, 7, 64, kills)
        time.sleep(3)
        faults = reckoning.faults(here, diary)
        assert any(words in fault for fault in faults), faults
