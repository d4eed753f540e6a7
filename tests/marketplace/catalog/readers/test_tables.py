"""CSV and XLSX files of every usual kind are read; hostile ones are refused with line and reason."""

import io
import zipfile

import pytest
import xlsxwriter

from marketplace.catalog import readers
from marketplace.catalog.readers import mapping

HEAD = "MPN;Brand;Name;EAN\n"
ROW = "AB-1;Grün;Schütz 3-polig;4032248855865\n"


def rows(content, chosen=None):
    plain = readers.opened(content)
    format_ = readers.detect(plain)
    return list(readers.read(plain, format_, chosen or mapping.guess(readers.columns(plain, format_))))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_separator_and_encoding_are_recognised(encoding, separator):
    row, = rows((HEAD + ROW).replace(";", separator).encode(encoding))
    assert (row.row_no, row.data["name"], row.data["gtin"]) == (2, "Schütz 3-polig", "04032248855865")
    assert not row.errors


def test_a_bad_row_is_named_by_its_line_and_does_not_stop_the_file():
    found = rows((HEAD + "AB-1;B;N;4032248855866\n\n;B;N;\n" + ROW).encode())
    assert [(row.row_no, [error["code"] for error in row.errors]) for row in found] == [
        (2, ["BAD_GTIN"]), (4, ["MISSING_MPN"]), (5, [])]


@pytest.mark.parametrize(("text", "code"), [
    ("A\x001;B;N;\n", "BAD_CHARACTER"), ("A1;B;N;;x;y\n", "TOO_MANY_CELLS"), (f"{'A' * 41};B;N;\n", "TOO_LONG"),
    (f"A1;B;{'N' * 301};\n", "TOO_LONG"), ("A1;B;N;1e400\n", "BAD_GTIN"), (f"A1;B;N;{10**30}\n", "BAD_GTIN"),
    ("A1;B;N;NaN\n", "BAD_GTIN"), ("A1;B;N;-5\n", "BAD_GTIN"),
])
def test_what_a_cell_may_not_say_is_refused_by_code(text, code):
    row, = rows((HEAD + text).encode())
    assert code in [error["code"] for error in row.errors]
    assert "\x00" not in row.data["mpn"]


@pytest.mark.parametrize(("content", "line"), [
    (bytes(range(256)) * 20, 1), (b"", 1), (b"\n\n", 1), (b"\x89PNG\r\n" + b"\x00" * 50, 1), (b'MPN,Name\n1,a\n2,"open\n', 3),
    (b'MPN,Name\n1,"a"b\n', 2), (b"MPN,Name\n1," + b"x" * 200_000 + b"\n", 2), (b"\xff\xfeM\x00P\x00N\x00,\x00x\x00\n\x00\x00\xd8", 2),
])
def test_a_file_that_cannot_be_read_is_refused_with_its_line(content, line):
    with pytest.raises(readers.FileRefused) as refused:
        rows(content, {"mpn": "MPN"})
    assert refused.value.line == line and refused.value.message


def test_a_mapping_to_a_missing_column_is_refused():
    with pytest.raises(readers.FileRefused, match="no column 'Nope'"):
        rows((HEAD + ROW).encode(), {"mpn": "MPN", "name": "Nope"})


def test_only_the_rows_of_one_maker_are_read_when_asked():
    found = rows(b"MPN,Maker,Name\n1,A,x\n2,B,y\n3,A,z\n", {"mpn": "MPN", "name": "Name", "only:Maker": "A"})
    assert [row.data["mpn"] for row in found] == ["1", "3"]


def sheet(cells):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        for line, values in enumerate(cells):
            for place, value in enumerate(values):
                page.write(line, place, value)
    return out.getvalue()


def test_a_gtin_typed_as_a_number_in_a_sheet_gets_its_zeros_back():
    found = rows(sheet([["MPN", "Name", "EAN"], [4711, "Relay", 36000291452], ["007", "Fuse", 96385074]]))
    assert [(row.data["mpn"], row.data["gtin"]) for row in found] == [
        ("4711", "00036000291452"), ("007", "00000096385074")]


def test_a_formula_in_a_sheet_is_never_computed():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["MPN", "Name"])
        page.write_row(1, 0, ["A1"])
        page.write_formula(1, 1, "=1+1", None, "stored")
    assert rows(out.getvalue())[0].data["name"] == "stored"


def test_a_sheet_that_unpacks_to_far_too_much_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 50_000_000)
    with pytest.raises(readers.FileRefused, match="unpacks to far more"):
        rows(out.getvalue())


@pytest.mark.parametrize("columns", [
    ("Part no.", "EAN", "Brand", "Title", "Description", "Category", "Unit"),
    ("Artikel-Nr.", "EAN-Code", "Hersteller", "Titel", "Beschreibung", "Warengruppe", "Einheit"),
    ("Código", "Código de barras", "Marca", "Título", "Descripción", "Categoría", "Unidad"),
    ("Referência", "GTIN", "Fabricante", "Produto", "Descrição", "Categoria", "Unidade"),
])
def test_the_first_mapping_understands_the_markets_languages(columns):
    assert mapping.guess(columns) == dict(zip(("mpn", "gtin", "brand", "name", "description", "category", "unit"), columns, strict=True))
