"""What routing decided, and under which policy.

Invariants: a decision is never edited; a policy is never edited, a change makes a new version. A stored
problem replays to the same answer without the world around it. Counts of quotas only rise.
"""

from sqlalchemy import BigInteger, Boolean, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import ID, Base, Json, JsonList, Minor, Moment, PrimaryKey, Words, reference


class RoutingPolicy(Base):
    """One version of the operator's policy, for the market (`storefront_id` null) or one storefront."""

    __tablename__ = "routing_policies"
    __table_args__ = (
        Index("ix_routing_policies_version", "storefront_id", "version", unique=True, postgresql_nulls_not_distinct=True),
    )
    id: Mapped[PrimaryKey]
    storefront_id: Mapped[str | None] = reference("storefronts.id")
    version: Mapped[int] = mapped_column(Integer)
    settings: Mapped[Json]
    """As `routing.settings.read` reads them; empty where `follows_market`."""
    follows_market: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    """Whether this version ends a storefront's own policy; never of the market's."""
    created_by: Mapped[Words]
    created_at: Mapped[Moment]


class RoutingDecision(Base):
    """Why each line of an order went where: one row per solved problem (the order's, or one re-route)."""

    __tablename__ = "routing_decisions"
    __table_args__ = (Index("ix_routing_decisions_created_at", "created_at"),)
    __tenants__ = ("operator_id",)
    id: Mapped[PrimaryKey]
    operator_id: Mapped[str | None] = mapped_column(ID)
    """Always null: only the market reads a decision whole; others get their own part from a verb."""
    order_id: Mapped[str] = mapped_column(ID, index=True)
    hop: Mapped[int] = mapped_column(Integer)
    """0 for the order itself, then one more for each re-route."""
    because: Mapped[Words]
    policy_id: Mapped[str] = reference("routing_policies.id")
    wish: Mapped[Words] = mapped_column(Text, default="recommended", server_default="recommended")
    """What the buyer wished of it: one of `wishes.WISHES`."""
    problem: Mapped[Json]
    answer: Mapped[Json]
    lines: Mapped[JsonList]
    """Per order line: candidates with price, freight, dates; exclusions with codes; winners; one sentence."""
    total_minor: Mapped[Minor]
    bound_minor: Mapped[Minor | None]
    stage: Mapped[Words]
    status: Mapped[Words]
    micros: Mapped[int] = mapped_column(BigInteger)
    """Solver time, in microseconds."""
    created_at: Mapped[Moment]


class RoutingQuotaCount(Base):
    """Orders that a quota's seller was given, by `routing.quota.key`."""

    __tablename__ = "routing_quota_counts"
    quota: Mapped[str] = mapped_column(ID, primary_key=True)
    seller_id: Mapped[str] = reference("organizations.id", primary_key=True)
    orders: Mapped[int] = mapped_column(BigInteger)


class RoutingProof(Base):
    """What became of a decision that was not proven when it was made: the best answer found afterwards, and its bound.

    The decision stays as it was. A second, longer try replaces a first one that ended without proof.
    """

    __tablename__ = "routing_proofs"
    __tenants__ = ("operator_id",)
    decision_id: Mapped[str] = reference("routing_decisions.id", primary_key=True)
    operator_id: Mapped[str | None] = mapped_column(ID)
    """Always null: as the decision's."""
    status: Mapped[Words]
    """'optimal' once proven; 'feasible' while a gap is left."""
    total_minor: Mapped[Minor]
    """Policy total of the best answer known, at most the decision's."""
    bound_minor: Mapped[Minor]
    money_minor: Mapped[Minor]
    """How much less the buyer would have paid (goods, freight, surcharge) by the best answer; negative where it pays more for policy's sake."""
    answer: Mapped[Json]
    tries: Mapped[int] = mapped_column(Integer)
    micros: Mapped[int] = mapped_column(BigInteger)
    """Solver time of the last try, in microseconds."""
    created_at: Mapped[Moment]
