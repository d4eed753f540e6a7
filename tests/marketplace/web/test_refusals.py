"""What rooms say is said in the reader's language, with its values, even when it was stored before."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import marshmallow
import pytest
from flask_babel import force_locale

from marketplace.payments import tasks
from marketplace.web import api, gathering, refusals

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(("text", "spanish"), [
    ("'soon' is not an amount.", "'soon' no es un importe."),
    ("A1-1 is shipped: it cannot be refused.", "A1-1 está en estado «enviado»: no se puede rechazar."),
    ("1250.50 EUR for Nord & Co wait: There is nothing here.", "1.250,50\xa0€ para Nord & Co esperan: Aquí no hay nada."),
    ("3 breaks were found: stock, 100% of it", "Se encontraron 3 descuadres: stock, 100% of it"),
    ("Line 2: The file cannot be read as CSV: quote.", "Línea 2: El archivo no se puede leer como CSV: quote."),
    ("Line 1: The file defines entities, which are not read.", "Línea 1: El archivo define entidades, que no se leen."),
    ("12.00 EUR for Nord wait: There is no payout account that can receive money.",
     "12,00\xa0€ para Nord esperan: No hay ninguna cuenta de cobro que pueda recibir dinero."),
    ("The file has this GTIN already, further up.", "El archivo ya tiene este GTIN más arriba."),
    ("A colour such as #0a5f9e.", "Un color como #0a5f9e."),
    ("Special numeric values (nan or infinity) are not permitted.", "Esto no es un número."),
    ("Must be less than or equal to 5.", "Esto es como máximo 5."),
    ("Nobody ever translated this 5.", "Nobody ever translated this 5."),
    ("", ""),
])
def test_a_sentence_with_values_is_translated_around_them(app, text, spanish):
    with app.test_request_context(), force_locale("es"):
        assert refusals.said(text) == spanish


def test_an_english_reader_sees_amounts_as_everywhere_else(app):
    with app.test_request_context(), force_locale("en"):
        assert refusals.said("A payout of 12.00 EUR failed: closed") == "A payout of €12.00 failed: closed"


WRONG = ("", "x" * 100_000, "\0", -10**18, 10**18, [], ["x"] * 100_000, [-1], None)


def library_says():
    """Every sentence with which the library of forms can refuse a field of ours."""
    kinds, found = [api.Schema], set()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        for field in kind._declared_fields.values():
            for one in [field, *([field.inner] if isinstance(field, marshmallow.fields.List) else [])]:
                found |= {one.error_messages[key] for key in ("required", "null", "invalid", "too_large", "special") if key in one.error_messages}
                found |= {text for validator in one.validators for text in _refusals_of(validator)}
    return {text.replace("{obj_type}", "datetime") for text in found}


def _refusals_of(validator):
    for value in WRONG:
        try:
            validator(value)
        except marshmallow.ValidationError as error:
            yield str(error.messages[0])
        except TypeError:
            pass


def test_whatever_the_library_of_forms_says_is_said_in_the_readers_language(app):
    said = library_says()
    with app.test_request_context(), force_locale("es"):
        english = sorted(text for text in said if refusals.said(text) == text)
    assert len(said) > 40 and english == []


def test_a_long_choice_is_not_read_out(app):
    with app.test_request_context(), force_locale("en"):
        assert refusals.said("Must be one of: card, on_account.") == "This is one of: card, on_account."
        assert refusals.said(f"Must be one of: {', '.join(f'C{number}' for number in range(300))}.") == "This is none of the choices."


def gathered(code: str, name: str = "room.py") -> list[str]:
    file = io.BytesIO(code.encode())
    file.name = name
    return [text for _, _, text, _ in gathering.extract(file, {}, [], {})]


def test_what_a_room_says_with_values_is_gathered_with_places_for_them():
    assert gathered('raise Invalid(f"{text!r} is no {kind.value} of 100%.")') == ["%(text)s is no %(value)s of 100%%."]
    assert gathered('task("x", f"{a} waits: {b}" if c else f"{a} came back.")') == ["%(a)s waits: %(b)s", "%(a)s came back."]
    assert gathered('raise RuntimeError(f"{a} is broken here")') == []
    assert gathered('def why():\n    """Not said."""\n    return ["Chosen."]', "routing/explain.py") == ["Chosen."]


def test_what_is_wrong_with_a_field_or_a_row_is_gathered_from_wherever_it_stands():
    assert gathered('x = Regexp("^a", error="Three of them.")') == ["Three of them."]
    assert gathered('T = (("mpn", "CODE", "A row came twice.", "WHERE it AND"),)') == ["A row came twice."]
    assert gathered('T = {"code": "CODE", "message": "It is gone."}') == ["It is gone."]


def test_every_task_of_the_operator_can_be_translated():
    """A task whose sentence is put together elsewhere would reach no translator."""
    for path in (ROOT / "marketplace").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == tasks.task.__name__:
                assert list(gathering._words(node.args[1:2])), f"{path.name}:{node.lineno}"


@pytest.mark.parametrize("text", refusals._sentences())
def test_each_sentence_with_values_is_known_again(text):
    pattern, sentence = text
    assert pattern.fullmatch(re.sub(r"%\(\w+\)s", "7", sentence).replace("%%", "%"))
