"""The JSON API's frame: OpenAPI, schemas that refuse what they do not know, answers by orjson."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import flask_smorest
import marshmallow
import orjson
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Flask, Request, Response, current_app
from webargs.flaskparser import FlaskParser

from marketplace.core import clock
from marketplace.web.jsons import NotJson

api = flask_smorest.Api()
SPACES = " \u00a0\u2007\u202f\u3000"
TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that make letters run the other way than they are written."""


class Schema(marshmallow.Schema):
    """A shape of the API; unknown fields are refused."""

    class Meta:
        """Refuse what is not named."""

        unknown = marshmallow.RAISE

    @marshmallow.pre_load
    def _without_spaces_around(self, data: Any, **_kwargs: Any) -> Any:
        """A text of nothing but spaces is a blank one, to programs as in forms, in a body as in an address."""
        if not isinstance(data, Mapping):
            return data
        return {name: value.strip(SPACES) if isinstance(value, str) else value for name, value in data.items()}


class Line(marshmallow.fields.String):
    """A text of one line, as it stands on a label or an invoice, with nothing in it that hides or turns its letters."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip(SPACES)
        if any(unicodedata.category(letter) in {"Cc", "Zl", "Zp"} or letter in TURNS for letter in text):
            raise marshmallow.ValidationError("This is one line of text, without control characters.")
        return text


class Day(marshmallow.fields.Date):
    """A day that a business can mean."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day = super()._deserialize(value, attr, data, **kwargs)
        _check_year(day.year)
        return day


class Moment(marshmallow.fields.AwareDateTime):
    """A moment with its zone, within the same years as a Day."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        _check_year(moment.year)
        return moment


def _check_year(year: int) -> None:
    if year not in clock.YEARS:
        raise marshmallow.ValidationError("This day lies between 2000 and 2199.")


CURRENCY = marshmallow.validate.Regexp("^[A-Z]{3}$", error="Three capital letters, such as EUR.")


class ErrorBody(Schema):
    """What every refusal says."""

    code = marshmallow.fields.String(required=True)
    message = marshmallow.fields.String(required=True)
    field = marshmallow.fields.String(allow_none=True)
    details = marshmallow.fields.Dict()
    request_id = marshmallow.fields.String(allow_none=True)


class ErrorSchema(Schema):
    """A refusal."""

    error = marshmallow.fields.Nested(ErrorBody, required=True)


class StrictParser(FlaskParser):
    """Reads bodies as the application reads JSON, strictly, and refuses a parameter that the route does not know."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": marshmallow.RAISE}

    def _raw_load_json(self, req: Request) -> Any:
        body = req.get_data(cache=True)
        if not req.is_json and (body or req.content_length):  # what came as a form was read as one before
            raise NotJson("Send the body as JSON, with the header Content-Type: application/json.", field="Content-Type")
        if not body:
            return marshmallow.missing
        try:
            return current_app.json.loads(body)
        except json.JSONDecodeError as error:
            raise NotJson(field="json", line=error.lineno, column=error.colno) from None
        except ValueError:
            raise NotJson(field="json") from None


class Blueprint(flask_smorest.Blueprint):
    """A group of API routes."""

    ARGUMENTS_PARSER = StrictParser()


def register(app: Flask) -> None:
    """Serve the API and its description at /api/openapi.json."""
    app.config.update(
        API_TITLE="Marketsquare", API_VERSION="v1", OPENAPI_VERSION="3.1.0", OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api.ERROR_SCHEMA = ErrorSchema
    plugin = MarshmallowPlugin(schema_name_resolver=schema_name)
    api.init_app(app, spec_kwargs={"marshmallow_plugin": plugin})


def schema_name(schema: Any) -> str:
    """A schema's name in the description: its folder's words and its own, so that no two meet."""
    found = resolve_schema_cls(schema)
    made = found if isinstance(found, type) else type(found)
    folders = made.__module__.split(".")[:-1]
    return "".join(word.title() for word in folders if word != "marketplace") + made.__name__.removesuffix("Schema")


def blueprint(name: str, module: str, prefix: str, description: str = "") -> Blueprint:
    """A blueprint of API routes below `prefix`."""
    return Blueprint(name, module, url_prefix=prefix, description=description)


def file_body(**also: dict[str, Any]) -> dict[str, Any]:
    """The description of a body that is a file, or a form with the field `file` and these others."""
    binary = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": binary, **also}, "required": ["file"]}
    return {"required": True, "content": {"multipart/form-data": {"schema": form}, "application/octet-stream": {"schema": binary}}}


def answer(data: Any, status: int = 200) -> Response:
    """`data` (plain values) as a JSON answer, by the shortest way."""
    return Response(orjson.dumps(data, default=str), status, mimetype="application/json")
