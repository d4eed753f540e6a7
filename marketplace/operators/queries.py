"""What the operator sees: orders, decisions, queues, companies, the trail. Every read is authorized and leaves a trace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func

from marketplace.catalog.models import Variant
from marketplace.core import audit, clock, paging, tenancy
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.outbox import OutboxRow
from marketplace.core.transitions import StateChange
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization, User
from marketplace.orders import queries as numbers
from marketplace.orders.models import Allocation, Order, OrderLine, SellerOrder
from marketplace.payments import shares, split, standing
from marketplace.payments.models import LineShare
from marketplace.routing.models import RoutingDecision, RoutingProof

STATES = ("dead", "due", "later", "done")


def states() -> dict[str, Any]:
    """What a piece of work can be, as conditions: given up, due now, due later, done."""
    living, now = OutboxRow.done_at.is_(None) & OutboxRow.dead_at.is_(None), clock.now()
    return {"dead": OutboxRow.dead_at.is_not(None), "due": living & (OutboxRow.next_at <= now), "later": living & (OutboxRow.next_at > now),
            "done": OutboxRow.done_at.is_not(None)}


@dataclass(frozen=True)
class OrderView:
    """One order with everything that was decided and done about it."""

    order: Order
    buyer: Organization
    lines: list[OrderLine]
    parts: list[tuple[SellerOrder, Organization]]
    allocations: list[Allocation]
    decisions: list[RoutingDecision]
    history: list[StateChange]
    standing: standing.Standing
    """What stands of it after cancellations."""
    splits: list[dict[str, Any]]
    """By seller order and then altogether (without a number): what the seller, the reseller, the operator and the tax office have of it."""

    @property
    def part_numbers(self) -> dict[str, str]:
        """The numbers of the seller orders by id."""
        return {part.id: part.number for part, _ in self.parts}


def names(ids: set[str]) -> dict[str, str]:
    """Organization names by id."""
    rows = db.session.execute(db.select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    return {row.id: row.name for row in rows}


def user_names(ids: set[str]) -> dict[str, str]:
    """Names of users by id."""
    with tenancy.as_market():
        return dict(db.session.execute(db.select(User.id, User.name).where(User.id.in_(ids))).all())


ORDER_SORTS: paging.Sorts = {"placed": Order.id, "total": Order.total_minor}
COMPANY_SORTS: paging.Sorts = {"name": Organization.name, "since": Organization.id}
WORK_SORTS: paging.Sorts = {"work": OutboxRow.topic, "asked": OutboxRow.id, "next": OutboxRow.next_at, "attempts": OutboxRow.attempts}
TRAIL_SORTS: paging.Sorts = {"at": AuditEntry.id}


def orders(actor: Actor, ask: paging.Ask = paging.FIRST, *, number: str = "", status: str = "") -> paging.Page:
    """Orders of the whole market, newest first or as asked, perhaps of one status or whose number begins so. Raises: Forbidden."""
    authorize(actor, "market:read")
    query = db.select(Order)
    if number:
        query = query.where(numbers.numbered(Order, number))
    if status:
        query = query.where(Order.status == status)
    with tenancy.as_market():
        return paging.sorted_page(query, Order.id, ask, ORDER_SORTS)


def order_rows(actor: Actor, ask: paging.Ask, **args: str) -> dict[str, Any]:
    """A page of the same orders as plain rows, with names and what stands of each."""
    page = orders(actor, ask, **args)
    named = names({order.buyer_id for order in page.items} | {order.reseller_id for order in page.items})
    kept = standing.of(page.items)
    items = [{**vars(order), "buyer": named[order.buyer_id], "reseller": named[order.reseller_id],
              "standing_total_minor": kept[order.id].total_minor} for order in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def order(actor: Actor, order_id: str) -> OrderView:
    """One order, whole. Effects: an audit entry, since the operator looks into other parties' affairs."""
    authorize(actor, "market:read")
    with tenancy.as_market():
        found = db.session.get(Order, order_id)
        if found is None:
            raise NotFound
        audit.record(actor, "order.read", order_id)
        return _view(found)


def _view(found: Order) -> OrderView:
    def of(model: Any, column: Any) -> list[Any]:
        return list(db.session.scalars(db.select(model).where(column == found.id).order_by(model.id)))

    parts = of(SellerOrder, SellerOrder.order_id)
    ids = [part.id for part in parts]
    sellers = {row.id: row for row in db.session.scalars(
        db.select(Organization).where(Organization.id.in_([part.seller_id for part in parts])))}
    allocations = db.session.scalars(
        db.select(Allocation).where(Allocation.seller_order_id.in_(ids)).order_by(Allocation.id))
    history = db.session.scalars(
        db.select(StateChange).where(StateChange.entity_id.in_([found.id, *ids])).order_by(StateChange.id))
    return OrderView(
        found, db.session.get_one(Organization, found.buyer_id), of(OrderLine, OrderLine.order_id),
        [(part, sellers[part.seller_id]) for part in parts], list(allocations),
        of(RoutingDecision, RoutingDecision.order_id), list(history), standing.of([found])[found.id], _splits(of(LineShare, LineShare.order_id), parts),
    )


def _splits(found: list[LineShare], parts: list[SellerOrder]) -> list[dict[str, Any]]:
    """What was not given back, part by part, and the sum; none before the order's payment was begun."""
    def row(number: str | None, mine: list[LineShare]) -> dict[str, Any]:
        amounts = {f"{part}_minor": sum(shares.left(share, part) for share in mine) for part in (*split.PARTS, shares.TAX)}
        return {"number": number, **amounts, "total_minor": sum(amounts.values())}

    rows = [row(part.number, [share for share in found if share.seller_order_id == part.id]) for part in parts]
    return [*rows, row(None, found)] if found else []


def decision(actor: Actor, decision_id: str) -> RoutingDecision:
    """One routing decision, whole. Effects: an audit entry."""
    authorize(actor, "market:read")
    with tenancy.as_market():
        found = db.session.get(RoutingDecision, decision_id)
        if found is None:
            raise NotFound
        audit.record(actor, "decision.read", decision_id)
        return found


def proof(decision_id: str) -> RoutingProof | None:
    """What was found about a decision afterwards."""
    with tenancy.as_market():
        return db.session.get(RoutingProof, decision_id)


def order_number(order_id: str) -> str:
    """The number by which people know an order."""
    with tenancy.as_market():
        return db.session.scalar(db.select(Order.number).where(Order.id == order_id)) or ""


def variant_names(lines: list[dict[str, Any]]) -> dict[str, str]:
    """Variant id -> product name and part number, for the lines of a decision."""
    ids = {line["variant_id"] for line in lines}
    rows = db.session.execute(db.select(Variant.id, Variant.name, Variant.mpn).where(Variant.id.in_(ids)))
    return {id_: f"{name} ({mpn})" for id_, name, mpn in rows}


def queues(actor: Actor) -> list[dict[str, Any]]:
    """Per topic: rows due now and later, dead and done, and the age of the oldest due row in seconds."""
    authorize(actor, "market:read")
    conditions = states()
    oldest = func.min(OutboxRow.next_at).filter(conditions["due"])
    columns = [func.count().filter(condition).label(name) for name, condition in conditions.items()]
    rows = db.session.execute(db.select(OutboxRow.topic, *columns, oldest.label("oldest")).group_by(OutboxRow.topic)
                              .order_by(OutboxRow.topic)).mappings()
    now = clock.now()
    return [{**row, "age": max(0, int((now - row["oldest"]).total_seconds())) if row["oldest"] else 0} for row in rows]


def work(actor: Actor, state: str, ask: paging.Ask = paging.FIRST) -> paging.Page:
    """Outbox rows of one of STATES, newest first or as asked. Raises: NotFound for another state."""
    authorize(actor, "market:read")
    if state not in STATES:
        raise NotFound
    return paging.sorted_page(db.select(OutboxRow).where(states()[state]), OutboxRow.id, ask, WORK_SORTS)


def companies(actor: Actor, ask: paging.Ask = paging.FIRST, name: str = "") -> paging.Page:
    """Every organization, newest first or as asked, perhaps those whose name has these words or whose public id this is."""
    authorize(actor, "company:read")
    query = db.select(Organization)
    if name:
        query = query.where(Organization.name.icontains(name, autoescape=True) | (Organization.id == name))
    return paging.sorted_page(query, Organization.id, ask, COMPANY_SORTS)


def trail(actor: Actor, ask: paging.Ask = paging.FIRST) -> paging.Page:
    """The audit trail, newest first or as asked."""
    authorize(actor, "market:read")
    return paging.sorted_page(db.select(AuditEntry), AuditEntry.id, ask, TRAIL_SORTS)
