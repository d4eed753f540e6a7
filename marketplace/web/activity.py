"""Activity: all long work of one party in one list, so that it can be left and found again.

What is not over comes first, with how far it is, its rate and the rest of its time; then what is over, newest first,
with its result, what was refused, and the file of that. Every portal hands in its own sources; nothing is kept here.
The list asks for itself again only while something runs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from flask import Blueprint, Flask, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from marketplace.core import paging
from marketplace.core.paging import Page
from marketplace.core.progress import Pace, Stage
from marketplace.identity.access import Actor, authorize
from marketplace.web import api as programs
from marketplace.web import auth, lists
from marketplace.web.api import Schema

PAGE = 25
KINDS = {"catalog_import": _l("Catalog import"), "offer_import": _l("Offer import"), "comparison": _l("Comparison of the books")}
COUNTS = {"new": _l("New"), "created": _l("Created"), "changed": _l("Changed"), "updated": _l("Changed"), "same": _l("Unchanged"),
          "gone": _l("Gone"), "compared": _l("Compared"), "breaks": _l("Breaks")}
ORDER = [Stage.RUNNING, Stage.STOPPED, Stage.WAITING]


@dataclass(frozen=True)
class Work:
    """One piece of long work. Without an `address` its page belongs to another party; `stage` is None when it is over."""

    kind: str
    id: str
    title: str
    status: str
    asked_at: datetime
    stage: Stage | None = None
    whose: str = ""
    done: int = 0
    total: int = 0
    pace: Pace = field(default_factory=Pace)
    counts: dict[str, int] = field(default_factory=dict)
    refused: int = 0
    refusal: str | None = None
    address: str | None = None
    refused_file: str | None = None

    @property
    def place(self) -> str:
        """Where it stands among all work: ids of every kind hold the time they were made."""
        return self.id.partition("_")[2]

    @property
    def rate(self) -> int | None:
        """Rows a second."""
        return self.pace.rate

    @property
    def rest(self) -> int | None:
        """Seconds that the rest will take."""
        return self.pace.rest


@dataclass(frozen=True)
class Source:
    """A kind of long work: what is not over, and what is, newest first: (actor, place to go on after, how much)."""

    unfinished: Callable[[Actor], list[Work]]
    finished: Callable[[Actor, str | None, int], list[Work]]


def imports(room: Any, work: Callable[[Any, Stage | None], Work]) -> Source:
    """The source of a room's imports, which are its `unfinished` and `finished`, each described by `work`."""
    return Source(lambda actor: [work(*one) for one in room.unfinished(actor)],
                  lambda actor, after, limit: [work(record, None) for record in room.finished(actor, after, limit)])


class ActivityQuery(Schema):
    """Where to go on among what is over."""

    cursor = fields.String(validate=validate.Length(max=400))
    limit = fields.Integer(load_default=PAGE, validate=validate.Range(1, 100))


class WorkOut(Schema):
    """One piece of long work and how far it is."""

    kind = fields.String(validate=validate.OneOf(list(KINDS)))
    id = fields.String()
    title = fields.String()
    whose = fields.String(metadata={"description": "the company's name, for the operator"})
    status = fields.String()
    stage = fields.String(allow_none=True, metadata={"description": "running, waiting (for a person), stopped (by failures); null when it is over"})
    asked_at = fields.AwareDateTime()
    done = fields.Integer()
    total = fields.Integer()
    rate = fields.Integer(allow_none=True, metadata={"description": "rows a second"})
    rest = fields.Integer(allow_none=True, metadata={"description": "seconds to go"})
    counts = fields.Dict()
    refused = fields.Integer()
    refusal = fields.String(allow_none=True, metadata={"description": "why all of it was refused"})
    address = fields.String(allow_none=True, metadata={"description": "the page of its result"})
    refused_file = fields.String(allow_none=True, metadata={"description": "the file of what was refused"})


class ActivityPage(Schema):
    """Long work: what is not over, on the first page, and a page of what is."""

    unfinished = fields.List(fields.Nested(WorkOut))
    items = fields.List(fields.Nested(WorkOut))
    next_cursor = fields.String(allow_none=True)


def register(app: Flask, name: str, prefix: str, sources: Sequence[Source]) -> None:
    """Open `prefix`/activity and /api/v1`prefix`/activity."""
    blueprint = Blueprint(f"{name}_activity", __name__, url_prefix=prefix)
    programmed = programs.blueprint(f"{name}-activity-api", __name__, f"/api/v1{prefix}", "Long work and how far it is.")

    @blueprint.get("/activity")
    def page() -> str:
        """The party's long work; its list alone when script asks again."""
        cursor = request.args.get("cursor")
        open_, over = everything(auth.require_actor(), sources, cursor, PAGE)
        part = "_activity" if "HX-Request" in request.headers else "activity"
        return render_template(
            f"{part}.html", unfinished=open_, over=over.items, kinds=KINDS, counts=COUNTS, cursor=cursor, here=url_for(f"{name}_activity.page"),
            next_url=lists.next_url(f"{name}_activity.page", over.next_cursor))

    @programmed.get("/activity")
    @programmed.arguments(ActivityQuery, location="query")
    @programmed.response(200, ActivityPage)
    def listed(query: dict[str, Any]) -> dict[str, Any]:
        """Long work: what is not over first, then what is, newest first."""
        open_, over = everything(auth.require_actor(), sources, query.get("cursor"), query["limit"])
        return {"unfinished": open_, "items": over.items, "next_cursor": over.next_cursor}

    app.register_blueprint(blueprint)
    programs.api.register_blueprint(programmed)


def everything(actor: Actor, sources: Sequence[Source], cursor: str | None, limit: int) -> tuple[list[Work], Page]:
    """What is not over (on the first page), and one page of what is. Constant statements. Raises: Forbidden, Invalid."""
    authorize(actor, "activity:read")
    after = str(paging.decode(cursor)[0]) if cursor else None
    open_ = [] if cursor else [work for source in sources for work in source.unfinished(actor)]
    open_.sort(key=lambda work: work.place, reverse=True)
    open_.sort(key=lambda work: ORDER.index(work.stage or Stage.WAITING))
    over = [work for source in sources for work in source.finished(actor, after, limit + 1)]
    over.sort(key=lambda work: work.place, reverse=True)
    more = len(over) > limit
    over = list(islice(over, limit))
    return open_, Page(over, paging.encode([over[-1].place]) if more else None)
