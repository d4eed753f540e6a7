"""T13: nobody sets a column by naming it. Every writable shape against every column of every model."""

from __future__ import annotations

import io
import re

import pytest

from marketplace.core import tenancy
from marketplace.core.db import Base, db
from marketplace.web.api import api
from tests.house import matrix
from tests.house.test_routes import ADMINS, address, rules
from tests.marketplace.web.sandbox.test_contract import provider

COLUMNS = sorted({column.name for table in Base.metadata.tables.values() for column in table.columns})
MARK = "987654321987"
UNSAFE = {"POST", "PUT", "PATCH"}
OPEN_TO_ALL = {"auth.sign_in_submit", "auth.sign_out", "webhooks.receive"}


__all__ = ["provider"]


@pytest.fixture
def world(market, provider):
    market.operator()
    return matrix.World(market)


def names(schema: dict, spec: dict) -> set[str]:
    """The fields that a body may have at its top."""
    schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    return set(schema.get("properties", {}))


def bodies(spec: dict) -> dict[tuple[str, str], dict]:
    """(method, path with x for each id) -> the schema of its JSON body."""
    found = {}
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}) if method != "parameters" else {}
            if "application/json" in content:
                found[method.upper(), path] = content["application/json"]["schema"]
    return found


def lax(spec: dict) -> list[str]:
    """Shapes that are sent to us and take fields that they do not name, at any depth."""
    found, seen, waiting = [], set(), [(f"{method} {path}", schema) for (method, path), schema in bodies(spec).items()]
    while waiting:
        name, schema = waiting.pop()
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if name in seen:
                continue
            seen.add(name)
            schema = spec["components"]["schemas"][name]
        if "properties" in schema and schema.get("additionalProperties") is not False:
            found.append(name)
        waiting += [(name, one) for one in [*schema.get("properties", {}).values(), schema.get("items", {})] if one]
    return found


@pytest.fixture
def spec(app):
    with app.app_context():
        return api.spec.to_dict()


def stored() -> list[str]:
    """Tables with a row that holds the mark."""
    each = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name} r WHERE r::text LIKE '%{MARK}%')" for name in sorted(Base.metadata.tables)]
    with tenancy.as_market():
        return list(db.session.scalars(db.text(" UNION ALL ".join(each))))


def test_every_shape_that_is_sent_to_us_refuses_what_it_does_not_name(spec):
    assert lax(spec) == []
    body = {"content": {"application/json": {"schema": {"properties": {"a": {}}}}}}
    assert lax({"paths": {"/x": {"post": {"requestBody": body}}}}) == ["POST /x"]


def test_no_column_is_set_by_naming_it_to_the_api(client, world, spec):
    people, faults, tried = world.people(), [], 0
    for (method, path), schema in bodies(spec).items():
        kind = matrix.kind_of(path)
        person = people[ADMINS.get(kind, kind)]
        where = re.sub(r"\{(\w+)\}", lambda found, path=path: world.own[matrix.PATH_IDS[matrix.kind_of(path)].get(found[1]) or "variant"], path)
        unnamed = [column for column in COLUMNS if column not in names(schema, spec)]
        tried += len(unnamed)
        answer = client(host=person.host).open(where, method=method, json=dict.fromkeys(unnamed, MARK),
                                               headers={**person.headers, "Idempotency-Key": "key-of-columns"})
        told = (answer.json or {}).get("error", {}).get("details", {}).get("fields", {})
        faults += [(method, path, column, answer.status_code) for column in unnamed if answer.status_code != 422 or column not in told]
    assert faults == [] and stored() == []
    assert tried > 2_000


def test_no_column_is_set_by_naming_it_to_a_page(app, client, world):
    people, faults = world.people(), []
    extra = {column: MARK for column in COLUMNS if column.endswith(("_id", "_minor", "_bps", "_at", "_by", "status", "kinds", "hash", "attempt"))}
    for rule in rules(app):
        if rule.rule.startswith("/api/") or rule.endpoint in OPEN_TO_ALL or not rule.methods & UNSAFE:
            continue
        kind = matrix.kind_of(rule.rule)
        person = people[ADMINS.get(kind, kind)]
        ids = {name: world.own.get(matrix.PATH_IDS[kind].get(name) or "variant", "x") for name in matrix.parameters(rule.rule)}
        body = matrix.filled(matrix.BODIES.get(rule.endpoint, {}), world.own)
        body = {**extra, **{name: (io.BytesIO(b"a;b\n"), "x.csv") if value is True else value for name, value in body.items()}}
        answer = client(host=person.host).post(address(rule.rule, ids), data=body, headers=person.headers)
        if answer.status_code >= 500 or (left := stored()):
            faults.append((rule.endpoint, answer.status_code, left if answer.status_code < 500 else ""))
    assert faults == []


def test_a_mark_that_was_stored_is_found(world):
    world.front.settings = {"status": MARK}
    db.session.flush()
    assert stored() == ["storefronts"]
