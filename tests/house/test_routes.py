"""Every route against everybody who has no business there, generated from the URL map, so that none is forgotten."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest
from flask import Flask

from marketplace.core import clock, tenancy
from marketplace.core.db import Base, db
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.orders import fulfilment
from marketplace.orders.models import SellerOrder
from marketplace.web import portal
from marketplace.web.api import api
from marketplace.web.forms import takes_files
from tests.factories import ADMIN
from tests.house import matrix

KINDS = {"/seller": "seller", "/manufacturer": "manufacturer", "/reseller": "reseller", "/operator": "operator"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def routes(app) -> list[tuple[str, str, str]]:
    """(method, path with made-up ids, endpoint) of every route but static files."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"x_\1", rule.rule)
        found += [(method, path, rule.endpoint) for method in sorted(rule.methods - {"HEAD", "OPTIONS"}) if rule.endpoint != "static"]
    return sorted(found)


def kind_of(path: str) -> str | None:
    first = "/" + path.removeprefix("/api/v1").strip("/").split("/")[0]
    return KINDS.get(first)


def test_a_guest_gets_no_further_than_the_door(app, client, market):
    market.operator()
    guest = client()
    for method, path, _ in routes(app):
        if kind_of(path):
            answer = guest.open(path, method=method)
            assert answer.status_code == (401 if path.startswith("/api/") else 303), (method, path)
            assert path.startswith("/api/") or answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("kind", sorted(KINDS.values()))
def test_another_kind_of_company_finds_nothing(app, client, market, kind):
    browser = client(market.user(getattr(market, kind)(), ADMIN[kind]))
    for method, path, _ in routes(app):
        theirs = kind_of(path)
        if theirs is not None and theirs != kind:
            assert browser.open(path, method=method).status_code == 404, (method, path)


@pytest.mark.parametrize("kind", sorted(KINDS.values()))
def test_an_unknown_id_is_never_an_error_of_ours(app, client, market, kind):
    browser = client(market.user(getattr(market, kind)(), ADMIN[kind]))
    for method, path, _ in routes(app):
        if kind_of(path) == kind and "x_" in path:
            assert browser.open(path, method=method).status_code in {303, 404, 409, 422}, (method, path)


def test_a_portal_is_not_there_on_a_storefronts_host(app, client, market):
    storefront = market.storefront(market.reseller())
    guest = client(host=storefront.host)
    for prefix in KINDS:
        assert guest.get(prefix + "/").status_code == 404


def test_a_storefronts_pages_are_not_there_on_the_markets_host(app, client, market):
    market.operator()
    guest = client()
    for method, path, endpoint in routes(app):
        blueprint = endpoint.rpartition(".")[0] or None
        if kind_of(path) is None and blueprint not in portal.EVERYWHERE and path not in {"/", "/start"}:
            assert guest.open(path, method=method).status_code == 404, (method, path)


# The matrix: every route, role and id.

ADMINS = {"buyer": "buyer_admin", "seller": "seller", "manufacturer": "manufacturer", "reseller": "reseller"}
MADE_UP = {"random": "x_06h0wg5benhxtm8rv8h0", "null": "None", "blank": "%20", "another alphabet": "%D8%A7"}


def rules(app) -> list:
    return [rule for rule in app.url_map.iter_rules() if not rule.endpoint.endswith("static")]


def private(app) -> list[tuple[str, str, str, dict[str, str]]]:
    """(method, rule, endpoint, {parameter: kind}) of every route with somebody's id in it."""
    found = []
    for rule in rules(app):
        kinds = {name: matrix.PATH_IDS[matrix.kind_of(rule.rule)].get(name, "unknown") for name in matrix.parameters(rule.rule)}
        kinds = {name: kind for name, kind in kinds.items() if kind}
        found += [(method, rule.rule, rule.endpoint, kinds) for method in sorted(rule.methods - {"HEAD", "OPTIONS"}) if kinds]
    return found


def unknown_ids(app) -> list[str]:
    return [f"{rule}: {name}" for _, rule, _, kinds in private(app) for name, kind in kinds.items() if kind == "unknown"]


def bare_lists(spec: dict) -> list[str]:
    """Addresses whose answer is a bare list."""
    found = []
    for path, operations in spec["paths"].items():
        content = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if content.get("application/json", {}).get("schema", {}).get("type") == "array":
            found.append(path)
    return found


def files_undescribed(app, spec: dict) -> list[str]:
    """Routes of the API that take a file and do not describe it."""
    takers = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/") and "POST" in rule.methods and takes_files(app.view_functions[rule.endpoint])]
    assert takers, "nobody takes files: the test sees nothing"
    return [rule.rule for rule in takers
            if "multipart/form-data" not in spec["paths"][re.sub(r"<([^>]+)>", r"{\1}", rule.rule)]["post"].get("requestBody", {}).get("content", {})]


def unlisted_body_ids(spec: dict) -> list[str]:
    """Ids in the API's bodies and queries that the matrix does not try."""
    def names(schema: dict) -> set[str]:
        schema = spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
        found = {name for name in schema.get("properties", {}) if name.endswith("_id")}
        return found.union(*[names(one) for one in [*schema.get("properties", {}).values(), schema.get("items", {})] if one])
    tried = {(path.partition("?")[0], name) for _, _, path, body, _ in matrix.BODY_IDS for name in re.findall(r"(\w+_id)'?[:=]", f"{path} {body}")}
    found = []
    for path, operations in spec["paths"].items():
        shape = re.sub(r"\{\w+\}", "own:x", path)
        for method, operation in operations.items():
            if method == "parameters":
                continue
            bodies = operation.get("requestBody", {}).get("content", {}).values()
            wanted = set().union(*[names(body["schema"]) for body in bodies])
            wanted |= {p["name"] for p in operation.get("parameters", []) if p.get("in") == "query" and p["name"].endswith("_id")}
            there = {name for where, name in tried if re.sub(r"own:\w+", "own:x", where) == shape}
            found += [f"{method} {path}: {name}" for name in sorted(wanted - there - set(matrix.SHARED))]
    return found


@pytest.fixture
def worlds(market):
    market.operator()
    return matrix.World(market), matrix.World(market)


@pytest.fixture
def ask(client, monkeypatch):
    """Ask as somebody; the clock stands still, so that two answers differ by what they say and not by when."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    browsers: dict[str, object] = {}

    def send(person, method, path, body):
        browser = browsers.setdefault(person.host, client(host=person.host))
        options = {"json": body} if "/api/" in path else {"data": body}
        if body and body.get("file") is True:
            options = {"data": {"file": (io.BytesIO(b"a;b\n"), "x.csv")}}
        answer = browser.open(path, method=method, headers=person.headers, **({} if body is None else options))
        text = re.sub(r"req_\w+|nonce=\"[^\"]+\"|name=\"csrf_token\"[^>]*", "", answer.get_data(as_text=True))
        return answer.status_code, answer.headers.get("Location", ""), text

    return send


def address(rule: str, ids: dict[str, str]) -> str:
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda found: ids.get(found[1], "csv" if found[1] == "kind" else "x"), rule)


def same(answer: tuple, ids: dict[str, str]) -> tuple:
    """An answer without the ids that were asked for."""
    for value in ids.values():
        answer = tuple(part.replace(value, "ID") if isinstance(part, str) else part for part in answer)
    return answer


def rows(owner_of) -> str:
    """A fingerprint of everything that is stored, but for who was there when."""
    tables = sorted(set(Base.metadata.tables) - {"sessions", "api_keys"})
    each = [f"SELECT '{t}' AS name, md5(coalesce(string_agg(r::text, '' ORDER BY r::text), '')) AS sum FROM {t} r" for t in tables]
    with tenancy.as_market():
        owner_of.session.flush()
        return str(sorted(map(tuple, owner_of.session.execute(owner_of.text(" UNION ALL ".join(each))))))


def others(own: matrix.World, far: matrix.World, kinds: dict[str, str], role: str) -> list[dict[str, str]]:
    """The ids of somebody in another world, and of a neighbour on the same storefront or order (who is the reseller's own)."""
    found = [{name: far.own[kind] for name, kind in kinds.items()}]
    if role not in {"reseller", "sales_rep"} and all(kind in own.neighbour for kind in kinds.values()):
        found.append({name: own.neighbour[kind] for name, kind in kinds.items()})
    return found


def test_every_route_is_in_the_matrix(app):
    assert unknown_ids(app) == [], "say in matrix.PATH_IDS what these ids name"
    with app.app_context():
        spec = api.spec.to_dict()
    assert unlisted_body_ids(spec) == [], "try these in matrix.BODY_IDS, or say in matrix.SHARED why they are everybody's"
    assert {path for _, path, _, _ in private(app)} <= {rule.rule for rule in rules(app)}


def test_lists_are_pages_and_files_are_described(app):
    with app.app_context():
        spec = api.spec.to_dict()
    assert bare_lists(spec) == [], "a list is answered as items and next_cursor"
    assert files_undescribed(app, spec) == []
    bad = {"paths": {"/api/v1/x": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "array"}}}}}}}}}
    assert bare_lists(bad) == ["/api/v1/x"]


def test_a_route_that_is_not_in_the_matrix_is_noticed():
    odd = Flask("odd")
    odd.add_url_rule("/seller/things/<thing_id>", "thing", lambda thing_id: "")
    assert unknown_ids(odd) == ["/seller/things/<thing_id>: thing_id"]
    body = {"application/json": {"schema": {"properties": {"lines": {"items": {"properties": {"thing_id": {}}}}}}}}
    assert unlisted_body_ids({"paths": {"/x": {"post": {"requestBody": {"content": body}}}}, "components": {}}) == ["post /x: thing_id"]


def sweep(app, own: matrix.World, people: dict, far: matrix.World, ask) -> list:
    """Ask everything of everybody; what was answered otherwise than for an id that is not there."""
    faults = []
    for role, person in people.items():
        before = rows(db)
        for method, rule, endpoint, kinds in private(app):
            body = matrix.filled(matrix.BODIES.get(endpoint, None if method == "GET" else {}), own.own)
            asked = dict.fromkeys(kinds, MADE_UP["random"])
            wanted = same(ask(person, method, address(rule, asked), body), asked)
            mine = ADMINS.get(matrix.kind_of(rule)) == role and not matrix.by_people(endpoint)
            if wanted[0] not in ({404} if mine else {401, 403, 404, 303}) or (wanted[0] == 303 and "/sign-in" not in wanted[1]):
                faults.append((role, method, rule, wanted[0]))
            for ids in others(own, far, kinds, role) + ([dict.fromkeys(kinds, value) for value in MADE_UP.values()] if mine else []):
                found = same(ask(person, method, address(rule, ids), body), ids)
                if found[0] != wanted[0] or (found != wanted and "%" not in str(ids)):
                    faults.append((role, method, rule, ids, found[0], wanted[0]))
        if rows(db) != before:
            faults.append((role, "changed something"))
    return faults


def test_anothers_id_in_an_address_is_answered_like_one_that_is_not_there(app, worlds, ask):
    own, far = worlds
    people = {**own.people(), "guest": SimpleNamespace(kind="guest", host="localhost", headers={}),
              "storefront_guest": SimpleNamespace(kind="guest", host=own.front.host, headers={})}
    people["far_buyer"] = SimpleNamespace(kind="guest", host=own.front.host, headers=far.people()["buyer_admin"].headers)
    assert sweep(app, own, people, far, ask) == []


def test_a_verb_that_forgets_whose_it_is_is_noticed(app, worlds, ask, monkeypatch):
    def careless(actor, seller_order_id, permission=""):
        with tenancy.as_market():
            found = db.session.get(SellerOrder, seller_order_id)
        if found is None:
            raise NotFound
        return found

    monkeypatch.setattr(fulfilment, "own", careless)
    own, far = worlds
    faults = sweep(app, own, {"seller": own.people()["seller"]}, far, ask)
    assert ("seller", "changed something") in faults
    assert {fault[2] for fault in faults[:-1]} >= {"/seller/orders/<seller_order_id>/accept", "/api/v1/seller/orders/<seller_order_id>/refuse"}


def test_ones_own_id_is_found(app, worlds, ask):
    """Or the matrix would be proving nothing."""
    own, _ = worlds
    people = own.people()
    connection = db._app_engines[app][None]
    for method, rule, endpoint, kinds in private(app):
        ids = {name: own.own[kind] for name, kind in kinds.items()}
        body = matrix.filled(matrix.BODIES.get(endpoint, None if method == "GET" else {}), own.own)
        db.session.commit()
        point = connection.begin_nested()
        status = ask(people[ADMINS[matrix.kind_of(rule)]], method, address(rule, ids), body)[0]
        db.session.rollback()
        point.rollback()
        db.session.expire_all()
        assert status == 403 if matrix.by_people(endpoint) else status not in {401, 403, 404, 500}, (method, rule, status)


def test_anothers_id_in_a_body_is_answered_like_one_that_is_not_there(worlds, ask):
    own, far = worlds
    people, faults = own.people(), []
    before = rows(db)
    for role, method, path, body, kind in matrix.BODY_IDS:
        def answer(id_, role=role, method=method, path=path, body=body):
            headers = {**people[role].headers, "Idempotency-Key": new_id("key")}
            person = SimpleNamespace(**{**vars(people[role]), "headers": headers})
            return same(ask(person, method, matrix.filled(path, own.own, id_), matrix.filled(body, own.own, id_)), {"id": id_})
        wanted = answer(MADE_UP["random"])
        for ids in others(own, far, {"id": kind}, role):
            found = answer(ids["id"])
            if found != wanted or found[0] not in ({404, 409, 422} if method != "GET" else {200, 404}):
                faults.append((role, method, path, body, found[0], wanted[0]))
    if rows(db) != before:
        faults.append("something was changed")
    assert faults == []
