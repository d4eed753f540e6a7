"""The room's verbs: plan an order, rank a product's offers for a buyer, record what was decided.

`plan` and `rank_offers` write nothing. All reads are the market's; a plan holds several sellers' terms,
so whoever shows one narrows it to what the viewer may know.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from marketplace.core import clock, mishaps, money, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.ids import new_id
from marketplace.identity.buying import BuyingContext
from marketplace.pricing import resolve, tax
from marketplace.pricing.resolve import Tier
from marketplace.routing import candidates, explain, policy, quota, wishes
from marketplace.routing import costs as policies
from marketplace.routing.allocate import QUICK, allocate
from marketplace.routing.candidates import Candidate, Market, Question, Wanted
from marketplace.routing.costs import Costs
from marketplace.routing.models import RoutingDecision
from marketplace.routing.plans import Options, Plan, PlannedAllocation, PlannedSellerOrder, RankedOffer
from marketplace.routing.settings import FILL_MINOR
from marketplace.routing.verify import charges

NO_OPTIONS = Options()


class LineTwice(Invalid):
    """Two lines of one plan have the same id or the same product: put them together first."""

    code = "line_twice"


@dataclass(frozen=True)
class Gathered:
    """What was read for a plan: candidates and exclusions by line id, and the policy with its costs."""

    context: BuyingContext
    lines: tuple[Wanted, ...]
    found: dict[str, list[Candidate]]
    excluded: dict[str, list[dict[str, Any]]]
    rules: policy.Policy
    costs: Costs


def plan(
    context: BuyingContext, lines: Sequence[Wanted], exclude_sellers: Collection[str] = (), options: Options = NO_OPTIONS
) -> Plan:
    """Decide which seller serves what of `lines`, for this buyer, now.

    Shapes:  lines are (line id, variant id, quantity >= 1); ids and variants occur once each.
    Units:   minor units of the context's currency, net; tax beside them.
    Raises:  LineTwice.
    """
    _check_lines(lines)
    return _solve(_gather(context, tuple(lines), exclude_sellers, options), options)


def plans(context: BuyingContext, lines: Sequence[Wanted]) -> dict[str, Plan]:
    """A plan for each of `wishes.WISHES`, from one look at the market: the same as `plan` with that wish. Raises: LineTwice."""
    _check_lines(lines)
    gathered = _gather(context, tuple(lines), (), NO_OPTIONS)
    return {wish: _solve(gathered, replace(NO_OPTIONS, wish=wish)) for wish in wishes.WISHES}


def _check_lines(lines: Sequence[Wanted]) -> None:
    if len({line[0] for line in lines}) < len(lines) or len({line[1] for line in lines}) < len(lines):
        raise LineTwice("Each product stands on one line.")


def _gather(context: BuyingContext, lines: tuple[Wanted, ...], exclude_sellers: Collection[str], options: Options) -> Gathered:
    """Everything that decides, read once."""
    market = candidates.read(context, [variant_id for _, variant_id, _ in lines])
    rules = policy.current(context.storefront_id)
    found: dict[str, list[Candidate]] = {}
    excluded: dict[str, list[dict[str, Any]]] = {}
    for line_id, variant_id, quantity in lines:
        question = Question(line_id, quantity, (options.ceilings or {}).get(line_id), False, exclude_sellers)
        found[line_id], excluded[line_id] = _sort_out(market, variant_id, question)
    able = (one.supply for ones in found.values() for one in ones)
    return Gathered(context, lines, found, excluded, rules, policies.of(rules, context, able, options.ceilings is not None))


def _solve(gathered: Gathered, options: Options) -> Plan:
    flat = [one for ones in gathered.found.values() for one in ones]
    problem = candidates.problem(gathered.context, gathered.lines, flat, wishes.varied(gathered.costs, options.wish))
    answer = _solved(problem, options)
    if answer["status"] == "infeasible":
        problem, answer = _as_far_as_possible(problem, options)
    return _plan(gathered, problem, answer, options)


def _solved(problem: dict[str, Any], options: Options) -> dict[str, Any]:
    return allocate(problem, options.seconds, depth=QUICK, failed=partial(mishaps.report, "routing"))


def _as_far_as_possible(problem: dict[str, Any], options: Options) -> tuple[dict[str, Any], dict[str, Any]]:
    """Where every line must be filled and cannot be: what could be had, so that the buyer is told exactly what is missing."""
    lines = [{**line, "unfilled_minor": FILL_MINOR} for line in problem["lines"]]
    problem = {**problem, "lines": lines}
    return problem, _solved(problem, options)


def _sort_out(market: Market, variant_id: str, question: Question) -> tuple[list[Candidate], list[dict[str, Any]]]:
    """The line's candidates, and the others with their codes."""
    found, excluded = [], []
    for one in market.supplies[variant_id]:
        candidate, codes = candidates.judge(market, one, question)
        if candidate:
            found.append(candidate)
        else:
            row = {"offer_id": one.offer_id, "seller_id": one.seller_id, "seller_name": one.seller_name, "codes": codes}
            excluded.append(row)
    return found, excluded


def _plan(gathered: Gathered, problem: dict[str, Any], answer: dict[str, Any], options: Options) -> Plan:
    context = gathered.context
    by_id = {candidates.id_of(one, level): (one, level.stock_level_id)
             for ones in gathered.found.values() for one in ones for level in one.levels}
    by_seller: dict[str, list[tuple[Candidate, PlannedAllocation]]] = defaultdict(list)
    for row in answer["allocations"]:
        one, stock_level_id = by_id[row["offer"]]
        by_seller[one.supply.seller_id].append((one, _allocation(context, one, stock_level_id, row["quantity"], options)))
    parts = tuple(_part(context, by_seller[id_], options) for id_ in sorted(by_seller))
    return Plan(
        currency=context.currency, problem=problem, answer=answer, policy=gathered.rules, candidates=gathered.found,
        excluded=gathered.excluded, wanted=gathered.lines, parts=parts, goods_minor=sum(p.goods_minor for p in parts),
        freight_minor=sum(p.freight_minor for p in parts), surcharge_minor=sum(p.surcharge_minor for p in parts),
        tax_minor=sum(p.tax_minor for p in parts), total_minor=sum(p.total_minor for p in parts), wish=options.wish,
        quotas=gathered.costs.quotas, unfilled={row["line"]: row["quantity"] for row in answer["unfilled"]},
    )


def _allocation(
    context: BuyingContext, one: Candidate, stock_level_id: str, quantity: int, options: Options
) -> PlannedAllocation:
    tier = _tier(one, quantity)
    unit = (options.ceilings or {}).get(one.line_id, tier.unit_minor)
    bps = tax.rate_bps(one.supply.seller_country, context.country)
    return PlannedAllocation(
        line_id=one.line_id, offer_id=one.supply.offer_id, stock_level_id=stock_level_id,
        variant_id=one.supply.variant_id, quantity=quantity, unit_minor=unit, seller_unit_minor=tier.seller_unit_minor,
        goods_minor=unit * quantity, seller_goods_minor=tier.seller_unit_minor * quantity, tax_bps=bps,
        tax_minor=money.percent(unit * quantity, bps), trace=tier.trace,
    )


def _tier(one: Candidate, quantity: int) -> Tier:
    found = resolve.at_quantity(one.tiers, quantity)
    if found is None:
        raise RuntimeError(f"the offer {one.supply.offer_id} has no price for the {quantity} that it may give")
    return found


def _part(context: BuyingContext, rows: list[tuple[Candidate, PlannedAllocation]], options: Options) -> PlannedSellerOrder:
    """One seller's part; freight and surcharge follow from the goods as the buyer pays them."""
    one = rows[0][0]
    lines = tuple(line for _, line in rows)
    goods = sum(line.goods_minor for line in lines)
    cost = charges(candidates.seller(one, policies.NONE), goods)
    freight, surcharge = (0, 0) if options.ceilings is not None else (cost["freight"], cost["surcharge"])
    on_charges = money.percent(freight + surcharge, tax.rate_bps(one.supply.seller_country, context.country))
    taxes = sum(line.tax_minor for line in lines) + on_charges
    return PlannedSellerOrder(
        seller_id=one.supply.seller_id, name=one.supply.seller_name, lines=lines, goods_minor=goods,
        seller_goods_minor=sum(line.seller_goods_minor for line in lines), freight_minor=freight,
        surcharge_minor=surcharge, charges_tax_minor=on_charges, tax_minor=taxes,
        total_minor=goods + freight + surcharge + taxes, promised_on=max(candidate.promised_on for candidate, _ in rows),
    )


def rank_offers(context: BuyingContext, variant_id: str, quantity: int = 1) -> list[RankedOffer]:
    """The buy box: this variant's offers for this buyer at `quantity`, the winner first.

    Ranked by goods + freight + surcharge + what the policy asks (days, score, preference, quota); ties by offer id. Offers
    that cannot be bought come last, with their codes, and never win.
    """
    market = candidates.read(context, [variant_id])
    rules = policy.current(context.storefront_id)
    able, cannot = [], []
    for one in market.supplies[variant_id]:
        candidate, codes = candidates.judge(market, one, Question("buy", quantity, is_whole=True))
        tiers = market.tiers.get(one.offer_id, [])
        if candidate:
            able.append(candidate)
        else:
            cannot.append(_unranked(one, tiers, codes))
    costs = policies.of(rules, context, (one.supply for one in able))
    can = [_priced(one, quantity, costs) for one in able]
    can.sort(key=lambda pair: (pair[0], pair[1]["offer_id"]))
    ranked = [RankedOffer(is_winner=number == 0, **row) for number, (_, row) in enumerate(can)]
    return ranked + cannot


def _priced(one: Candidate, quantity: int, costs: Costs) -> tuple[int, dict[str, Any]]:
    """What the offer is ranked by, and its row."""
    tier = _tier(one, quantity)
    goods = tier.unit_minor * quantity
    row = candidates.seller(one, costs)
    cost = charges(row, goods)
    extra = candidates.offers(one, costs)[0]
    score = goods + sum(cost.values()) + extra["extra_minor"] + extra["extra_unit_minor"] * quantity
    return score, {
        "offer_id": one.supply.offer_id, "seller_id": one.supply.seller_id, "seller_name": one.supply.seller_name,
        "unit_minor": tier.unit_minor, "goods_minor": goods, "freight_minor": cost["freight"],
        "surcharge_minor": cost["surcharge"], "landed_minor": goods + cost["freight"] + cost["surcharge"],
        "promised_on": one.promised_on, "available": one.supply.available, "codes": (),
        "tiers": tuple((t.min_quantity, t.unit_minor) for t in one.tiers), "min_quantity": one.minimum,
        "multiple": one.supply.multiple, "trace": tier.trace,
    }


def _unranked(one: Any, tiers: list[Tier], codes: list[str]) -> RankedOffer:
    return RankedOffer(
        offer_id=one.offer_id, seller_id=one.seller_id, seller_name=one.seller_name, unit_minor=None, goods_minor=0,
        freight_minor=0, surcharge_minor=0, landed_minor=0, promised_on=None, available=one.available,
        codes=tuple(codes), is_winner=False, tiers=tuple((t.min_quantity, t.unit_minor) for t in tiers),
        min_quantity=one.min_quantity, multiple=one.multiple,
    )


def record(order_id: str, plan: Plan, hop: int, because: str) -> str:
    """Write the decision down; gives back its id.

    Effects: one RoutingDecision row, never edited again (and the policy's first version, once); counts of quotas, locked
    until the transaction ends.
    """
    with tenancy.as_market():
        row = _decision(order_id, plan, hop, because)
        db.session.add(row)
        db.session.flush()
        brands = {one.supply.variant_id: one.supply.brand_id for ones in plan.candidates.values() for one in ones}
        quota.count(quota.given(plan.quotas, plan.parts, brands))
    return row.id


def _decision(order_id: str, plan: Plan, hop: int, because: str) -> RoutingDecision:
    answer = plan.answer
    return RoutingDecision(
        id=new_id("dec"), operator_id=None, order_id=order_id, hop=hop, because=because,
        policy_id=policy.stored(plan.policy), wish=plan.wish, problem=plan.problem, answer=answer, lines=explain.lines(plan),
        total_minor=answer["total_minor"], bound_minor=answer["bound_minor"], stage=answer["stage"],
        status=answer["status"], micros=round(answer["seconds"] * 1_000_000), created_at=clock.now(),
    )
