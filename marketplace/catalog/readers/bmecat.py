"""Products of a BMEcat 1.2 or 2005 catalog, by local names: several namespaces are in use.

Invariants: parsed as a stream, one product in memory; nothing outside the file is opened and no entity
is ever expanded. What no field takes is listed by `unmapped`, never silently dropped.
Prices and stock belong to sellers' offers: price elements are listed as unmapped.
"""

import html
import io
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from marketplace.catalog.readers.rows import MAX_ATTRIBUTES, FileRefused, Row, checked

TRANSACTIONS = {"T_NEW_CATALOG": "full", "T_UPDATE_PRODUCTS": "update"}
DETAILS = {
    "DESCRIPTION_SHORT": "name", "DESCRIPTION_LONG": "description", "MANUFACTURER_PID": "mpn",
    "MANUFACTURER_NAME": "brand", "EAN": "gtin", "INTERNATIONAL_PID": "gtin",
}
CONTAINERS = frozenset({
    "PRODUCT", "PRODUCT_DETAILS", "PRODUCT_FEATURES", "PRODUCT_ORDER_DETAILS", "FEATURE", "FTEMPLATE", "FEATURE_GROUP",
})
TAKEN = CONTAINERS | DETAILS.keys() | {
    "SUPPLIER_PID", "ORDER_UNIT", "REFERENCE_FEATURE_SYSTEM_NAME", "REFERENCE_FEATURE_GROUP_ID",
    "REFERENCE_FEATURE_GROUP_NAME", "FNAME", "FT_NAME", "FVALUE", "FVALUE_DETAILS", "FUNIT", "FID", "FPARENT_ID",
}


def read(content: bytes, mapping: Mapping[str, str]) -> Iterator[Row]:
    """See `readers.read`; mapping may say {"language": "eng"}, else English is taken before the first."""
    language = mapping.get("language", "eng")
    groups: dict[str, tuple[str, str]] = {}
    number = 0
    for element in _elements(content):
        name = _local(element)
        if name in {"CLASSIFICATION_GROUP", "CATALOG_STRUCTURE"}:
            _remember(groups, element)
        elif name == "PRODUCT":
            number += 1
            yield _product(number, element, language, groups)


def mode(content: bytes) -> str:
    """'full' when the file is the whole catalog, 'update' when it holds changes only. Raises: FileRefused."""
    for _, element in _events(content, ("start",)):
        name = etree.QName(element).localname
        if name in TRANSACTIONS:
            return TRANSACTIONS[name]
        if name.startswith("T_"):
            raise FileRefused(f"{name} carries no products: prices belong to sellers' offers.", line=element.sourceline)
    raise FileRefused("The file has no T_NEW_CATALOG and no T_UPDATE_PRODUCTS.", line=1)


def unmapped(content: bytes, mapping: Mapping[str, str]) -> list[str]:
    """Local names of elements below the products, and of the catalog's own, that no field takes."""
    names: set[str] = set()
    most = 0
    for element in _elements(content):
        if _local(element) != "PRODUCT":
            continue
        names.update(_unmapped_below(element))
        most = max(most, sum(1 for child in element.iter() if _local(child) == "FEATURE"))
    past = most - MAX_ATTRIBUTES
    return sorted(names) + ([f"FEATURE ({past} past the first {MAX_ATTRIBUTES} of a product)"] if past > 0 else [])


def _unmapped_below(element: Any) -> Iterator[str]:
    for child in element:
        name = _local(child)
        if name and name not in TAKEN:
            yield name
        elif name in CONTAINERS:
            yield from _unmapped_below(child)


def _elements(content: bytes) -> Iterator[Any]:
    """Each product and catalog group as it ends; what was read is freed."""
    for _, element in _events(content, ("end",)):
        if _local(element) in {"PRODUCT", "CLASSIFICATION_GROUP", "CATALOG_STRUCTURE"}:
            yield element
            element.clear()
            while element.getprevious() is not None and element.getparent() is not None:
                del element.getparent()[0]


def _events(content: bytes, kinds: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    if b"<!ENTITY" in content[:100_000]:
        raise FileRefused("The file defines entities, which are not read.", line=_line_of(content, b"<!ENTITY"))
    parser = etree.iterparse(
        io.BytesIO(content), events=("start", *(kind for kind in kinds if kind != "start")),
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True,
    )
    seen = False
    try:
        for kind, element in parser:
            if not seen:
                seen = True
                _check_root(element)
            if kind in kinds:
                yield kind, element
    except etree.XMLSyntaxError as error:
        first = next(iter(parser.error_log), None)
        line, reason = (first.line, first.message) if first else (error.lineno or 1, error.msg)
        raise FileRefused(f"The file is not well-formed XML: {reason}.", line=line) from None


def _check_root(root: Any) -> None:
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise FileRefused("The file defines entities, which are not read.", line=1)
    if etree.QName(root).localname != "BMECAT":
        raise FileRefused(f"A BMEcat file begins with BMECAT, not {etree.QName(root).localname}.", line=root.sourceline)


def _line_of(content: bytes, mark: bytes) -> int:
    return content[: content.index(mark)].count(b"\n") + 1


def _local(element: Any) -> str:
    """Local name in the words of BMEcat 2005; 1.2 says ARTICLE and AID."""
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element).localname
    return name.replace("ARTICLE", "PRODUCT").replace("_AID", "_PID").replace("ART_ID", "PROD_ID")


def _remember(groups: dict[str, tuple[str, str]], element: Any) -> None:
    texts = {_local(child).split("_", 1)[-1]: _text(child) for child in element}
    key = texts.get("GROUP_ID") or texts.get("ID")
    name = texts.get("GROUP_NAME") or texts.get("NAME")
    parent = texts.get("GROUP_PARENT_ID") or texts.get("PARENT_ID") or ""
    if key and name:
        groups[key] = (name, parent)


def _path(groups: dict[str, tuple[str, str]], key: str) -> str:
    names: list[str] = []
    while key in groups and len(names) < 10:
        name, key = groups[key]
        names.insert(0, name.replace("/", " "))
    return " / ".join(names)


def _product(number: int, element: Any, language: str, groups: dict[str, tuple[str, str]]) -> Row:
    fields = _details(element, language)
    attributes: dict[str, str] = {}
    for features in element.iter():
        if _local(features) == "PRODUCT_FEATURES":
            _classify(features, fields, groups, attributes)
        elif _local(features) == "FEATURE" and len(attributes) < MAX_ATTRIBUTES:
            _feature(features, attributes)
    row = checked(number, fields, attributes)
    if element.get("mode") == "delete":
        row.data["delete"] = True
    return row


def _details(element: Any, language: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    chosen: set[str] = set()
    for child in element.iter():
        name, text = _local(child), _text(child)
        if name == "SUPPLIER_PID":
            fields.setdefault("mpn", text)
        elif name == "ORDER_UNIT":
            fields["unit"] = text
        elif name in DETAILS and text and _is_gtin(name, child):
            field, preferred = DETAILS[name], child.get("lang") == language or name == "MANUFACTURER_PID"
            if field not in fields or (preferred and field not in chosen):
                fields[field] = text
                chosen |= {field} if preferred else set()
    return fields


def _is_gtin(name: str, child: Any) -> bool:
    return name != "INTERNATIONAL_PID" or child.get("type", "gtin").lower() in {"gtin", "ean", "upc"}


def _classify(features: Any, fields: dict[str, str], groups: dict[str, Any], attributes: dict[str, str]) -> None:
    texts = {_local(child): _text(child) for child in features}
    key = texts.get("REFERENCE_FEATURE_GROUP_ID", "")
    path = _path(groups, key) or texts.get("REFERENCE_FEATURE_GROUP_NAME", "")
    if path:
        fields["category"] = path
    elif key:
        attributes.setdefault(texts.get("REFERENCE_FEATURE_SYSTEM_NAME", "Classification"), key)


def _feature(feature: Any, attributes: dict[str, str]) -> None:
    name, values, unit, detail = "", [], "", ""
    for child in feature.iter():
        local = _local(child)
        if local in {"FNAME", "FT_NAME"} and not name:
            name = _text(child)
        elif local == "FVALUE" and _text(child):
            values.append(_text(child))
        elif local == "FUNIT":
            unit = _text(child)
        elif local == "FVALUE_DETAILS":
            detail = _text(child)
    value = " / ".join(values) or detail
    if name and value and value != name:
        attributes.setdefault(name, f"{value} {unit}".strip())


def _text(element: Any) -> str:
    # Real files escape twice (&amp;sup2;); what comes out is plain text, escaped again wherever it is shown.
    return html.unescape(element.text or "").strip()
