"""T14: whatever is sent to the API, it answers as its own description says, and never with a fault of ours.

Requests are made from the description by schemathesis, sound ones and broken ones, by each role, with ids that exist
and ids that do not. FUZZ_SEED replays a run.
"""

from __future__ import annotations

import os
import secrets
import warnings

import hypothesis
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.web.api import api
from tests.figures import figure
from tests.house import matrix
from tests.marketplace.web.sandbox.test_contract import provider

REQUESTS = figure(400, 10_000)
SEED = int(os.environ.get("FUZZ_SEED", "0")) or secrets.randbelow(10**6)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PREFIXES = {"buyer_admin": "/api/v1/storefront", "buyer_viewer": "/api/v1/storefront", "seller": "/api/v1/seller",
            "manufacturer": "/api/v1/manufacturer", "reseller": "/api/v1/reseller", "operator": "/api/v1/operator"}
PLAIN = {"scope": "market", "version": "1"}
"""What stands in addresses and is no id."""

__all__ = ["provider"]


@pytest.fixture
def world(market, provider):
    market.operator()
    return matrix.World(market)


@pytest.fixture
def description(app):
    with app.app_context():
        return schemathesis.openapi.from_dict(api.spec.to_dict())


def known(world: matrix.World, path: str, name: str) -> str:
    """An id that is really there, by the parameter's name."""
    if name in PLAIN:
        return PLAIN[name]
    kind = matrix.PATH_IDS[matrix.kind_of(path)].get(name) or {"variant_id": "variant", "order_id": "order"}.get(name, "variant")
    return world.own[kind]


def faults(browser, person, operation, world, count: int) -> list[str]:
    """Ask an operation `count` times; what was not as described."""
    found: dict[str, str] = {}
    broken = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    sound = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)

    @hypothesis.seed(SEED)
    @hypothesis.settings(max_examples=count, deadline=None, database=None, phases=[hypothesis.Phase.generate],
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(case=st.one_of(sound, sound, broken), is_real=st.integers(0, 2))
    def ask(case, is_real):
        if is_real:
            for name in case.path_parameters or {}:
                case.path_parameters[name] = known(world, operation.path, name)
        options = case.as_transport_kwargs()
        for name in ("url", "base_url", "cookies", "timeout", "verify"):
            options.pop(name, None)
        options["headers"] = {**dict(options.pop("headers", {})), **person.headers}
        answer = send(browser, case, options)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                found.setdefault(f"{operation.label}: {answer.status_code} {type(failure).__name__}", f"{options} {failure.message}"[:600])
        except Exception as error:
            found.setdefault(f"{operation.label}: {answer.status_code} {type(error).__name__}", f"{options} {error}"[:600])

    ask()
    return [f"{name} {what}" for name, what in found.items()]


def send(browser, case, options):
    from requests import Request
    made = Request(case.method, "http://x" + case.formatted_path, params=options.get("params"), headers=options["headers"],
                   data=options.get("data"), json=options.get("json"), files=options.get("files")).prepare()
    return browser.open(made.path_url, method=case.method, headers=[(name, value) for name, value in made.headers.items()], data=made.body)


@pytest.mark.parametrize("role", PREFIXES)
def test_the_api_answers_as_it_is_described(client, world, description, role):
    person, found = world.people()[role], []
    mine = [result.ok() for result in description.get_all_operations() if result.ok().path.startswith(PREFIXES[role])]
    assert mine
    for operation in mine:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found += faults(client(host=person.host), person, operation, world, -(-REQUESTS // len(mine)))
        tenancy.act_for([tenancy.MARKET])
        db.session.expire_all()
    assert found == [], f"FUZZ_SEED={SEED}: " + "\n".join(found)
