"""A test client that signs in, and keeps the test's session in step with what requests wrote."""

from __future__ import annotations

import re

from flask import g
from flask.testing import FlaskClient

from marketplace.core import tenancy
from marketplace.core.db import db

PASSWORD = "correct horse battery"


class Browserless(FlaskClient):
    """A client bound to one host. Unsafe requests carry the CSRF token that a page would."""

    def __init__(self, *args, host: str = "localhost", **kwargs):
        super().__init__(*args, **kwargs)
        self.host = host
        self.csrf: str | None = None
        self.as_page = False

    def open(self, *args, **kwargs):
        kwargs.setdefault("base_url", f"http://{self.host}")
        if kwargs.get("method", "GET") not in {"GET", "HEAD", "OPTIONS"} and not self._has_bearer(kwargs):
            kwargs["headers"] = {**dict(kwargs.get("headers") or {}), "X-CSRFToken": self.token()}
        before = tenancy.acting_for()
        for name in ("csrf_token", "csrf_valid"):  # a test's requests share one `g`; tokens are each browser's own
            g.pop(name, None)
        db.session.commit()
        for name in list(g):  # the test's own application context lasts, a request's must not
            g.pop(name, None)
        try:
            return super().open(*args, **kwargs)
        finally:
            tenancy.act_for(before.split(",") if before else [])
            db.session.expire_all()

    def token(self) -> str:
        """The CSRF token of this browser's session, read from a page that has one."""
        if self.csrf is None:
            page = self.get("/sign-in").get_data(as_text=True)
            found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
            assert found, "the sign-in page carries no CSRF token"
            self.csrf = found[1]
        return self.csrf

    def sign_in(self, user, organization=None) -> None:
        form = {"email": user.email, "password": PASSWORD}
        if organization is not None:
            form["organization_id"] = organization.id
        answer = self.post("/sign-in", data=form)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
        self.csrf = None

    @staticmethod
    def _has_bearer(kwargs) -> bool:
        return "authorization" in {name.lower() for name in dict(kwargs.get("headers") or {})}


def form_of(page: str, action: str) -> dict[str, list[str]]:
    """The fields of the form that goes to `action`, as a browser sends them."""
    form = re.search(rf'action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"the page has no form that goes to {action}"
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        said = dict(re.findall(r' (name|value|type)="([^"]*)"', tag))
        if said.get("type") != "checkbox" or tag.endswith(" checked>"):
            data.setdefault(said["name"], []).append(said.get("value", ""))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form[1], re.DOTALL):
        data[name] = re.findall(r'value="([^"]*)" selected', options)
    return data
