"""Which column of a file is which field of ours: the person's mapping, and a good first guess at it.

A mapping is our field name to the file's column name; a field 'attribute:NAME' keeps a column as the
attribute NAME. An entry 'only:COLUMN' to VALUE reads only the rows whose COLUMN says VALUE.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketplace.catalog.readers.rows import FIELDS, FileRefused

ONLY, ATTRIBUTE = "only:", "attribute:"
PREFIXES = (ONLY, ATTRIBUTE)
GUESSES: dict[str, tuple[str, ...]] = {
    "mpn": ("mpn", "part", "partnumber", "partno", "manufacturerpartnumber", "manufacturerpart", "articlenumber",
            "article", "sku", "stockcode", "itemnumber", "artikelnummer", "artikelnr", "artnr", "artikel",
            "herstellernummer", "teilenummer", "referencia", "codigo", "suppliersku", "supplierpid"),
    "gtin": ("gtin", "ean", "ean13", "gtin13", "gtin14", "upc", "barcode", "eancode", "eannummer", "codigodebarras"),
    "brand": ("brand", "manufacturer", "maker", "marke", "hersteller", "marca", "fabricante"),
    "name": ("name", "productname", "title", "product", "shortdescription", "descriptionshort", "bezeichnung", "artikelbezeichnung",
             "produktname", "produkt", "titel", "nombre", "producto", "titulo", "nome", "produto"),
    "description": ("description", "longdescription", "descriptionlong", "details", "beschreibung",
                    "descripcion", "descricao"),
    "category": ("category", "categorypath", "group", "productgroup", "kategorie", "warengruppe", "categoria"),
    "unit": ("unit", "uom", "unitofmeasure", "salesunit", "orderunit", "einheit", "mengeneinheit", "unidad", "unidade"),
}


@dataclass(frozen=True)
class Columns:
    """Places of the mapped columns in a row of cells."""

    fields: dict[str, int]
    attributes: dict[str, int]
    only: dict[int, str]

    @classmethod
    def of(cls, header: Sequence[str], mapping: Mapping[str, str]) -> "Columns":
        """Find each mapped column in the header. Raises: FileRefused for one that is not there, or there twice, and for a field that we have not."""
        places = {column: place for place, column in enumerate(header)}
        for field, column in only_columns(mapping).items():
            if not field.startswith(PREFIXES) and field not in FIELDS:
                raise FileRefused(f"A product has no field {field!r}.", line=1, field="mapping")
            if column not in places:
                raise FileRefused(f"The file has no column {column!r}, which is mapped to {field}.", line=1, field="mapping")
            if header.count(column) > 1:
                raise FileRefused(f"The file has more than one column {column!r}: give each a name of its own.", line=1, field="mapping")
        if "mpn" not in mapping:
            raise FileRefused("Say which column holds the manufacturer's part number.", line=1, field="mapping")
        fields = {field: places[column] for field, column in mapping.items() if field in FIELDS}
        attributes = {f.removeprefix(ATTRIBUTE): places[c] for f, c in mapping.items() if f.startswith(ATTRIBUTE)}
        only = {places[f.removeprefix(ONLY)]: value for f, value in mapping.items() if f.startswith(ONLY)}
        return cls(fields, attributes, only)

    def wants(self, cells: Sequence[str]) -> bool:
        """Whether a row is among those to read."""
        return all(place < len(cells) and cells[place].strip() == value for place, value in self.only.items())


def only_columns(mapping: Mapping[str, str]) -> dict[str, str]:
    """Each entry of a mapping to the column it names."""
    return {f: f.removeprefix(ONLY) if f.startswith(ONLY) else column for f, column in mapping.items()}


def applied(places: Columns, cells: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The fields and the attributes that one row of cells gives; a missing cell is blank."""

    def at(place: int) -> str:
        return cells[place] if place < len(cells) else ""

    fields = {field: at(place) for field, place in places.fields.items()}
    return fields, {name: at(place) for name, place in places.attributes.items()}


def guess(columns: Sequence[str]) -> dict[str, str]:
    """A first mapping from the columns' names, without capitals, accents and signs; each column is used at most once."""
    folded = {_folded(column): column for column in reversed(columns)}
    mapping: dict[str, str] = {}
    for field, names in GUESSES.items():
        column = next((folded[name] for name in names if name in folded), None)
        if column is not None and column not in mapping.values():
            mapping[field] = column
    return mapping


def _folded(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", column).lower())
