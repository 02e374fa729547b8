"""Workbooks written part by part, so that each can be as no program would write it."""

from __future__ import annotations

import io
import struct
import zipfile

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEADER = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>'
STRINGS = f'<sst xmlns="{MAIN}"><si><t>id</t></si><si><t>amount</t></si><si><t>changed</t></si></sst>'
DATE = 's="1"'  # a cell's style: a day


def sheet(rows: str, header: str = HEADER, before: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{header}{rows}</sheetData></worksheet>'


def row(number: int, *written: str) -> str:
    return f'<row r="{number}">{"".join(written)}</row>'


def text(place: str, value: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{value}</t></is></c>'


def number(place: str, value: str, said: str = "") -> str:
    return f'<c r="{place}" {said}><v>{value}</v></c>'


def parts(worksheet: str | bytes, strings: str | bytes = STRINGS, properties: str = "") -> dict[str, str | bytes]:
    """Name and content of each part of a workbook of one sheet."""
    kinds = {"1": ("worksheet", "worksheets/sheet1.xml"), "2": ("styles", "styles.xml")}
    kinds["3"] = ("sharedStrings", "sharedStrings.xml")
    related = "".join(
        f'<Relationship Id="r{key}" Type="{OFFICE}/{kind}" Target="{target}"/>' for key, (kind, target) in kinds.items()
    )
    office = f'<Relationship Id="r1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    return {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{office}</Relationships>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{related}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{properties}'
        '<sheets><sheet name="Sheet" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        "xl/sharedStrings.xml": strings,
        "xl/worksheets/sheet1.xml": worksheet,
    }


def zipped(members: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def book(rows: str, **said: str) -> bytes:
    return zipped(parts(sheet(rows), **said))


def claiming(archive: bytes, member: str, size: int) -> bytes:
    """The archive, its list of members claiming another size of one of them."""
    listed = zipfile.ZipFile(io.BytesIO(archive)).start_dir
    changed = bytearray(archive)
    at = changed.index(member.encode(), listed) - 46
    changed[at + 24 : at + 28] = struct.pack("<L", size)
    return bytes(changed)
