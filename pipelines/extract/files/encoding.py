"""Text whose bytes decode without an error and are another encoding all the same.

Belongs here: telling UTF-8 from GB18030 and Latin-1, and double-byte text from Latin-1, where the bytes show it.
Does not: decoding (source_file.py), which refuses by itself whatever cannot be decoded.
"""

from __future__ import annotations

import codecs
import re

from pipelines.errors import KpiError
from pipelines.extract.files.source_file import CHUNK, SourceFile, codec_of, open_bytes

LOOKED_AT = 32 * CHUNK  # of a larger file the beginning says it
ENOUGH = 10  # different characters: one hanzi in seven of GB2312 happens to be UTF-8 as well, ten of them 1 in 10^8
WESTERN = {"iso8859-1", "iso8859-15", "cp1252"}
OTHERS = {*WESTERN, "gbk", "gb2312", "gb18030", "big5", "cp949", "shift_jis", "euc_jp", "euc_kr", "cp932"}


def refuse_another(source: SourceFile, encoding: str) -> None:
    """KpiError where the file is plainly UTF-8, double-byte or cp1252 and not what the contract says.

    What nobody can tell (a short GBK text read as Latin-1, one double-byte encoding as another) is not told.
    """
    codec = codec_of(encoding)
    if codec not in OTHERS:
        return
    text = _start(source)
    if codec == "iso8859-1" and (found := re.search(rb"[\x80-\x9f]", text)):
        said = "a control character in latin-1; is it cp1252?"
        raise _refused(f"byte {found.start() + 1:,} is {said}", source, text[: found.start()].count(b"\n") + 1)
    if _utf8_characters(text) >= (1 if codec in WESTERN else ENOUGH):
        raise _refused(f"this is UTF-8, and the contract says {encoding}", source)
    if codec in WESTERN and _is_double_byte(text):
        raise _refused(f"this is text of two bytes a character, and the contract says {encoding}", source)


def _start(source: SourceFile) -> bytes:
    with open_bytes(source) as file:
        return file.read(LOOKED_AT)


def _utf8_characters(text: bytes) -> int:
    """How many different characters beyond ASCII the text has as UTF-8; 0 where it is none."""
    if text.isascii():
        return 0
    try:
        decoded = codecs.getincrementaldecoder("utf-8")("strict").decode(text)  # its end may cut a character
    except UnicodeDecodeError:
        return 0
    return sum(1 for character in set(decoded) if character > "\x7f")


def _is_double_byte(text: bytes) -> bool:
    """Whether bytes beyond ASCII come in pairs: in Western text they stand alone between ASCII letters."""
    runs = re.findall(rb"[\x80-\xff]+", text)
    pairs = {run[at : at + 2] for run in runs if len(run) % 2 == 0 for at in range(0, len(run), 2)}
    paired = sum(1 for run in runs if len(run) % 2 == 0)
    return len(pairs) >= ENOUGH and paired >= 0.9 * len(runs)


def _refused(problem: str, source: SourceFile, line: int | None = None) -> KpiError:
    return KpiError(problem, file=source.path, line=line, next_step="correct from.encoding in the contract")
