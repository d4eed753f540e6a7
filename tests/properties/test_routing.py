"""The solver against brute force, and what must hold of every answer."""

from __future__ import annotations

import copy
import itertools
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.routing import allocate as search_stages
from marketplace.routing import relax, verify
from marketplace.routing.allocate import EXACT, QUICK, SEARCH, allocate
from marketplace.routing.bound import bound
from marketplace.routing.lagrange import SCALE
from marketplace.routing.problem import read
from marketplace.routing.reduce import parts, useful
from marketplace.routing.state import State

NEVER = 10.0


def maybe(strategy):
    return st.none() | strategy


@st.composite
def problems(draw, lines=4, sellers=4):
    """Small problems with every feature on; pools may be shared."""
    n, m = draw(st.integers(1, lines)), draw(st.integers(1, sellers))
    pools = draw(st.lists(st.integers(0, 8), min_size=1, max_size=5))
    rows = {
        "version": 1, "currency": "EUR", "split_minor": draw(st.integers(0, 30)), "max_sellers": draw(maybe(st.integers(1, 3))),
        "lines": [{"id": f"l{i}", "quantity": draw(st.integers(1, 6)), "unfilled_minor": draw(maybe(st.integers(0, 200))),
                   "max_offers": draw(maybe(st.integers(1, 2)))} for i in range(n)],
        "sellers": [draw(sellers_of(i)) for i in range(m)],
        "pools": [{"id": f"p{i}", "available": available} for i, available in enumerate(pools)], "offers": [],
    }
    for i in range(draw(st.integers(0, 7))):
        minimum = draw(st.integers(1, 3))
        tiers = [[draw(st.integers(1, minimum)), draw(st.integers(0, 40))]]
        if draw(st.booleans()):
            tiers.append([tiers[0][0] + draw(st.integers(1, 4)), draw(st.integers(0, 40))])
        rows["offers"].append({
            "id": f"o{i}", "line": f"l{draw(st.integers(0, n - 1))}", "seller": f"s{draw(st.integers(0, m - 1))}",
            "pool": f"p{draw(st.integers(0, len(pools) - 1))}", "tiers": tiers, "minimum": minimum,
            "multiple": draw(st.integers(1, 3)), "maximum": draw(maybe(st.integers(1, 6))),
            "extra_unit_minor": draw(st.integers(-5, 10)), "extra_minor": draw(st.integers(-20, 20)),
        })
    return rows


@st.composite
def sellers_of(draw, i):
    rule = draw(st.sampled_from([None, "block", "surcharge"]))
    return {
        "id": f"s{i}", "opening_minor": draw(st.integers(-40, 40)), "freight_minor": draw(st.integers(0, 60)),
        "free_freight_from_minor": draw(maybe(st.integers(0, 150))),
        "minimum_minor": draw(st.integers(0, 120)) if rule else None, "minimum_rule": rule,
        "surcharge_minor": draw(st.integers(0, 60)) if rule == "surcharge" else 0,
    }


def choices(problem, offer):
    line = next(line for line in problem["lines"] if line["id"] == offer["line"])
    pool = next(pool for pool in problem["pools"] if pool["id"] == offer["pool"])
    top = min(line["quantity"], pool["available"], offer["maximum"] or 99)
    return [0, *(q for q in range(offer["minimum"], top + 1) if q % offer["multiple"] == 0)]


def price(offer, quantity):
    return max((start, unit) for start, unit in offer["tiers"] if start <= quantity)[1]


def cost(problem, quantities):
    """The cost written once more from the format's page; None where a rule is broken."""
    total, goods = 0, {}
    for line in problem["lines"]:
        mine = {o["id"]: quantities[o["id"]] for o in problem["offers"] if o["line"] == line["id"] and quantities[o["id"]]}
        left = line["quantity"] - sum(mine.values())
        if left < 0 or (left and line["unfilled_minor"] is None) or len(mine) > (line["max_offers"] or 99):
            return None
        total += left * (line["unfilled_minor"] or 0)
    for pool in problem["pools"]:
        if sum(quantities[o["id"]] for o in problem["offers"] if o["pool"] == pool["id"]) > pool["available"]:
            return None
    for offer in problem["offers"]:
        if q := quantities[offer["id"]]:
            goods[offer["seller"]] = goods.get(offer["seller"], 0) + q * price(offer, q)
            total += offer["extra_minor"] + offer["extra_unit_minor"] * q
    if len(goods) > (problem["max_sellers"] or 99):
        return None
    for seller in problem["sellers"]:
        if seller["id"] not in goods:
            continue
        value = goods[seller["id"]]
        total += value + seller["opening_minor"]
        if seller["free_freight_from_minor"] is None or value < seller["free_freight_from_minor"]:
            total += seller["freight_minor"]
        if seller["minimum_minor"] is not None and value < seller["minimum_minor"]:
            if seller["minimum_rule"] == "block":
                return None
            total += seller["surcharge_minor"]
    return total + problem["split_minor"] * max(0, len(goods) - 1)


def brute_force(problem):
    """The least cost of all assignments; None when none is allowed. What overfills a line or pool is not tried further."""
    lines = {line["id"]: line["quantity"] for line in problem["lines"]}
    pools = {pool["id"]: pool["available"] for pool in problem["pools"]}
    best = None

    def go(number, taken):
        nonlocal best
        if number == len(problem["offers"]):
            found = cost(problem, taken)
            best = found if best is None or (found is not None and found < best) else best
            return
        offer = problem["offers"][number]
        for quantity in choices(problem, offer):
            if quantity <= lines[offer["line"]] and quantity <= pools[offer["pool"]]:
                lines[offer["line"]] -= quantity
                pools[offer["pool"]] -= quantity
                go(number + 1, {**taken, offer["id"]: quantity})
                lines[offer["line"]] += quantity
                pools[offer["pool"]] += quantity

    go(0, {})
    return best


@settings(max_examples=300, deadline=None)
@given(problems(), st.sampled_from([QUICK, SEARCH]))
def test_every_answer_passes_the_verifier_and_its_bound_is_true(problem, depth):
    answer = allocate(problem, NEVER, depth=depth)
    assert verify.check(problem, answer) == []
    best = brute_force(problem)
    assert (best is None) == (answer["status"] == "infeasible")
    if best is not None:
        given_ = {o["id"]: 0 for o in problem["offers"]} | {a["offer"]: a["quantity"] for a in answer["allocations"]}
        assert answer["bound_minor"] <= best <= answer["total_minor"]
        assert cost(problem, given_) == answer["total_minor"]


@settings(max_examples=300, deadline=None)
@given(problems())
def test_the_bound_alone_and_what_reduction_leaves_never_pass_the_optimum(problem):
    parsed = read(problem)
    best = brute_force(problem)
    kept = useful(parsed)
    if best is not None:
        assert bound(parsed, kept) <= best
        names = {parsed.offers[at].id for at in kept}
        assert brute_force({**problem, "offers": [o for o in problem["offers"] if o["id"] in names]}) == best


@settings(max_examples=200, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_same_problem_in_another_order_gives_the_same_answer(problem, rng):
    shuffled = copy.deepcopy(problem)
    for name in ("lines", "sellers", "pools", "offers"):
        rng.shuffle(shuffled[name])
    one, two = allocate(problem, NEVER), allocate(shuffled, NEVER)
    assert (one["allocations"], one["status"], one["total_minor"]) == (two["allocations"], two["status"], two["total_minor"])


@settings(max_examples=150, deadline=None)
@given(problems())
def test_an_answer_never_costs_more_than_buying_nothing(problem):
    nothing = cost(problem, {o["id"]: 0 for o in problem["offers"]})
    answer = allocate(problem, NEVER)
    if nothing is not None:
        assert answer["status"] != "infeasible" and answer["total_minor"] <= nothing


@settings(max_examples=1500, deadline=None)
@given(problems())
def test_the_exact_model_agrees_with_brute_force_to_the_cent(problem):
    best = brute_force(problem)
    answer = allocate(problem, NEVER, depth=EXACT)
    assert verify.check(problem, answer) == []
    if best is None:
        assert answer["status"] == "infeasible"
    else:
        assert (answer["status"], answer["total_minor"], answer["bound_minor"]) == ("optimal", best, best)


@settings(max_examples=300, deadline=None)
@given(problems())
def test_no_answer_with_an_offer_costs_less_than_the_relaxation_says_of_it(problem):
    parsed = read(problem)
    empty = State(parsed, useful(parsed))
    relaxed = relax._relax(empty, None, NEVER, lambda: 0.0)
    if relaxed.value is None:
        return
    best = brute_force(problem)
    nothing = cost(problem, {o["id"]: 0 for o in problem["offers"]})
    assert best is None or best == nothing or relaxed.value.minor <= best
    for number, at in enumerate(relaxed.relaxation.ats):
        with_it = forced(problem, parsed.offers[at].id)
        assert with_it is None or relaxed.value.forced[number] <= with_it * SCALE


def forced(problem, offer_id):
    """The least cost of all assignments that use the offer."""
    best = None
    offer = next(o for o in problem["offers"] if o["id"] == offer_id)
    for quantity in choices(problem, offer)[1:]:
        only = {**offer, "minimum": quantity, "multiple": quantity, "maximum": quantity}
        only["tiers"] = [[1, price(offer, quantity)]]
        used = {**problem, "offers": [only if o is offer else o for o in problem["offers"]]}
        found = brute_force_with(used, offer_id)
        best = found if best is None or (found is not None and found < best) else best
    return best


def brute_force_with(problem, offer_id):
    """As `brute_force`, over the assignments that use the offer: leaving it out is made dearer than anything."""
    bonus = 10**6
    cheaper = [{**o, "extra_minor": o["extra_minor"] - bonus} if o["id"] == offer_id else o for o in problem["offers"]]
    found = brute_force({**problem, "offers": cheaper})
    return None if found is None or found > -bonus // 2 else found + bonus


@settings(max_examples=200, deadline=None)
@given(problems(), st.data())
def test_quantities_cut_because_nobody_gives_the_rest_were_of_no_use(problem, data):
    full = sorted(data.draw(st.sets(st.sampled_from([line["id"] for line in problem["lines"]]))))
    must = {**problem, "lines": [{**line, "unfilled_minor": None} if line["id"] in full else line for line in problem["lines"]]}
    parsed = read(must)
    numbers = {number for number, line in enumerate(parsed.lines) if line.unfilled_minor is None}
    cut = parts(parsed, range(len(parsed.offers)), numbers)
    allowed = {parsed.offers[at].id: {n * parsed.offers[at].multiple for _, low, high in tiers for n in range(low, high + 1)} for at, tiers in cut.items()}
    best, best_kept = brute_force(must), None
    for tries in itertools.product(*(choices(must, offer) for offer in must["offers"][:6])):
        taken = dict(zip((o["id"] for o in must["offers"]), tries, strict=False)) | {o["id"]: 0 for o in must["offers"][6:]}
        if all(not quantity or quantity in allowed.get(id_, ()) for id_, quantity in taken.items()):
            found = cost(must, taken)
            best_kept = found if best_kept is None or (found is not None and found < best_kept) else best_kept
    if len(must["offers"]) <= 6:
        assert best_kept == best


@settings(max_examples=150, deadline=None)
@given(problems(), st.integers(2, 7))
def test_scaling_all_money_scales_the_optimum_and_scarcer_dearer_fewer_never_lower_it(problem, factor):
    before = optimum(problem)
    assert optimum(scaled(problem, factor)) == (before and before * factor)
    scarce, dearer, fewer = copy.deepcopy(problem), copy.deepcopy(problem), copy.deepcopy(problem)
    scarce["pools"][0]["available"] //= 2
    for offer in dearer["offers"][:1]:
        offer["tiers"] = [[start, unit + factor] for start, unit in offer["tiers"]]
    fewer["offers"] = fewer["offers"][1:]
    thresholds = any(s["free_freight_from_minor"] is not None or s["minimum_minor"] is not None for s in problem["sellers"])
    for worse in (scarce, fewer) if thresholds else (scarce, fewer, dearer):
        after = optimum(worse)
        assert before is None or after is None or after >= before


def optimum(problem):
    return allocate(problem, NEVER, depth=EXACT)["total_minor"]


@settings(max_examples=150, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_other_names_change_nothing_of_the_optimum(problem, rng):
    known = [row["id"] for kind in ("lines", "sellers", "pools", "offers") for row in problem[kind]]
    names = dict(zip(known, rng.sample([f"x{number:03}" for number in range(len(known))], len(known)), strict=True))
    renamed = copy.deepcopy(problem)
    for kind in ("lines", "sellers", "pools", "offers"):
        for row in renamed[kind]:
            row.update({name: names[row[name]] for name in ("id", "line", "seller", "pool") if name in row})
    assert optimum(renamed) == optimum(problem)


@settings(max_examples=40, deadline=None)
@given(problems(), st.sampled_from(["construct", "improve", "bound", "dive", "kernel", "prove"]))
def test_a_stage_that_fails_costs_no_more_than_what_it_would_have_found(problem, broken):
    failed = []
    run = search_stages._run

    def breaking(search, stage, on_failure):
        return run(search, (stage[0], _crash) if stage[0] == broken else stage, on_failure)

    with mock.patch.object(search_stages, "_run", breaking):
        answer = allocate(problem, NEVER, depth=EXACT, failed=lambda stage, _: failed.append(stage))
    assert verify.check(problem, answer) == []
    assert set(failed) <= {broken}
    best = brute_force(problem)
    if best is not None and answer["status"] != "infeasible":
        assert answer["bound_minor"] <= best <= answer["total_minor"]


def _crash(search):
    """Leave nonsense behind, then crash."""
    search.state = State(search.problem, [])
    search.state.total = -(10**9)
    raise RuntimeError


def scaled(problem, factor):
    """The same problem in a smaller coin."""
    data = copy.deepcopy(problem)
    data["split_minor"] *= factor
    for row in (*data["lines"], *data["sellers"], *data["offers"]):
        for name, value in row.items():
            if name.endswith("_minor") and value is not None:
                row[name] = value * factor
        if "tiers" in row:
            row["tiers"] = [[start, price * factor] for start, price in row["tiers"]]
    return data
