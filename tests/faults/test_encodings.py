"""Text in any encoding is decoded exactly, or the whole file is refused with its reason; no U+FFFD is ever in raw.

What cannot be told is pinned here as well: bytes that are good text under a wrong name.
"""

from __future__ import annotations

import pytest

from tests.faults.corpus import deliver

HEAD = "id,amount,changed\n"
COMMON = ["赢单", "输单，已关闭", "华东区", "联系人：王芳", "全年签单增长", "回款金额", "首次响应", "客户满意度"]
RARE = ["𠮷野家", "㐂", "䶮", "𪚥", "龘", "镕", "🙂", "👨‍👩‍👧", "€", "ﬁ", "é", "\u3000", "“引号”"]
GBK = [*COMMON, "镕", "龘", "“引号”", "\u3000"]
WESTERN = ["Müller & Söhne", "café", "naïve", "Señor", "£5", "½"]

EXACT = {
    "UTF-8": ("utf-8", "utf-8", COMMON + RARE),
    "UTF-8 with a byte order mark": ("utf-8", "utf-8-sig", COMMON + RARE),
    "GBK": ("gbk", "gbk", GBK),
    "GB2312": ("gb2312", "gb2312", COMMON),
    "GB18030, four bytes a character": ("gb18030", "gb18030", COMMON + RARE),
    "GB18030 of GBK text": ("gb18030", "gbk", GBK),
    "Big5": ("big5", "big5", ["贏單", "客戶", "華東區", "回款金額"]),
    "Latin-1": ("latin-1", "latin-1", WESTERN),
    "cp1252": ("cp1252", "cp1252", [*WESTERN, "€5", "“quoted”", "…"]),
    "UTF-16, mark of little end": ("utf-16", "utf-16", COMMON + RARE),
    "UTF-16LE": ("utf-16-le", "utf-16-le", COMMON + RARE),
    "UTF-16BE": ("utf-16-be", "utf-16-be", COMMON + RARE),
    "UTF-32": ("utf-32", "utf-32", COMMON + RARE),
}
MARK = "\ufeff"
MARKED = {
    "UTF-16, mark of big end": ("utf-16", "utf-16-be"),
    "UTF-16LE with a mark": ("utf-16-le", "utf-16-le"),
    "UTF-16BE with a mark": ("utf-16-be", "utf-16-be"),
    "GB18030 with a mark": ("gb18030", "gb18030"),
}


def records(words: list[str]) -> str:
    return HEAD + "".join(f'{n},"{word}",x\n' for n, word in enumerate(words))


def expected(words: list[str]) -> list[tuple[str, ...]]:
    return [(str(n), word, "x") for n, word in enumerate(words)]


@pytest.mark.parametrize("kind", EXACT)
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_text_is_decoded_exactly(tmp_path, kind, ending):
    said, written, words = EXACT[kind]
    text = records(words)
    if ending == "jsonl":
        text = "".join(f'{{"id": "{n}", "amount": "{word}", "changed": "x"}}\n' for n, word in enumerate(words))
    outcome = deliver(tmp_path, f"d.{ending}", text.encode(written), encoding=said)
    assert outcome.reason == ""
    assert outcome.rows == expected(words)


@pytest.mark.parametrize("kind", MARKED)
def test_byte_order_mark_is_no_part_of_the_header(tmp_path, kind):
    said, written = MARKED[kind]
    outcome = deliver(tmp_path, "d.csv", (MARK + records(COMMON + RARE)).encode(written), encoding=said)
    assert outcome.rows == expected(COMMON + RARE), outcome.reason


def test_every_character_of_gb18030_comes_over(tmp_path):
    every = [chr(code) for code in (*range(0xA0, 0xD800), *range(0xF900, 0xFFFD), *range(0x20000, 0x2A6E0, 7))]
    every = [character for character in every if character not in MARK]
    words = ["".join(every[at : at + 500]) for at in range(0, len(every), 500)]
    outcome = deliver(tmp_path, "d.csv", records(words).encode("gb18030"), encoding="gb18030")
    assert outcome.rows == expected(words), outcome.reason


REFUSED = {
    "GBK said to be UTF-8": ("utf-8", records(GBK).encode("gbk"), ":2: "),
    "Latin-1 said to be UTF-8": ("utf-8", records(WESTERN).encode("latin-1"), ":2: "),
    "UTF-16 said to be UTF-8": ("utf-8", records(COMMON).encode("utf-16"), "d.csv"),
    "UTF-16LE without a mark said to be UTF-8": ("utf-8", records(COMMON).encode("utf-16-le"), "NUL byte"),
    "UTF-8 said to be UTF-16": ("utf-16", records(COMMON).encode(), "d.csv"),
    "GBK said to be UTF-16": ("utf-16", records(GBK).encode("gbk"), "d.csv"),
    "UTF-16LE said to be UTF-16BE": ("utf-16-be", records(COMMON).encode("utf-16-le"), "d.csv"),
    "UTF-16BE without a mark said to be UTF-16": ("utf-16", records(COMMON).encode("utf-16-be"), "d.csv"),
    "UTF-8 said to be GB18030": ("gb18030", records(COMMON).encode(), "this is UTF-8"),
    "UTF-8 with a mark said to be GBK": ("gbk", records(COMMON).encode("utf-8-sig"), "this is UTF-8"),
    "UTF-8 of even length said to be GB18030": ("gb18030", records(["赢单", "华东", *"一二三四五六七八九十"] * 2)
                                               .encode(), "d.csv"),
    "UTF-8 said to be Latin-1": ("latin-1", records(["Müller"]).encode(), "this is UTF-8"),
    "cp1252 said to be Latin-1": ("latin-1", records(["€5"]).encode("cp1252"), ":2: byte 22 is a control character"),
    "GBK said to be Latin-1": ("latin-1", records(GBK).encode("gbk"), "d.csv"),
    "GBK said to be cp1252": ("cp1252", records(["华东区", "回款金额", "全年签单"]).encode("gbk"), "two bytes"),
    "GB18030 said to be GBK": ("gbk", records(["𠮷"]).encode("gb18030"), ":2: byte 22 is not gbk"),
    "GB18030 with the euro of cp936": ("gbk", HEAD.encode() + b"1,\x80,x\n", ":2: byte 21 is not gbk"),
    "mixed: UTF-8, then GBK": ("utf-8", records(COMMON).encode() + "9,赢单,x\n".encode("gbk"), ":10: "),
    "mixed: GBK, then UTF-8": ("gbk", records(COMMON).encode("gbk") + "9,赢单了,x\n".encode(), ":10: byte"),
    "cut in a character": ("utf-8", records(COMMON).encode() + "9,a,赢".encode()[:-1], ":10: "),
    "cut in a character of GB18030": ("gb18030", records(COMMON).encode("gb18030") + "9,a,𠮷".encode("gb18030")[:-1], ":10: "),
    "overlong UTF-8": ("utf-8", HEAD.encode() + b"1,\xc0\xaf,x\n", ":2: "),
    "half of a surrogate pair": ("utf-8", HEAD.encode() + b"1,\xed\xa0\x80,x\n", ":2: "),
    "half of a pair in UTF-16": ("utf-16-le", (HEAD + "1,").encode("utf-16-le") + b"\x3d\xd8" + ",x\n".encode("utf-16-le"), ":2: "),
    "beyond Unicode": ("utf-8", HEAD.encode() + b"1,\xf5\x80\x80\x80,x\n", ":2: "),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_text_of_another_encoding_is_refused_whole_with_its_reason(tmp_path, kind):
    said, content, reason = REFUSED[kind]
    outcome = deliver(tmp_path, "d.csv", content, encoding=said)
    assert outcome.rows is None
    assert reason in outcome.reason


def test_text_that_already_lost_characters_is_set_aside(tmp_path):
    words = ["good", "lost \ufffd here", "also good"]
    outcome = deliver(tmp_path, "d.csv", records(words).encode())
    assert (outcome.rows, outcome.aside) == ([("0", "good", "x"), ("2", "also good", "x")], 1)


@pytest.mark.parametrize("word", ["锟斤拷", "Ã¼", "è´¢å\x8a¡", "璧㈠崟"])
def test_mojibake_that_the_source_holds_is_what_it_delivered(tmp_path, word):
    assert deliver(tmp_path, "d.csv", records([word]).encode()).rows == [("0", word, "x")]


NOT_TOLD = {
    "one hanzi of GBK that is UTF-8 too": ("utf-8", "录".encode("gbk"), "¼"),
    "a few words of UTF-8 that are GB18030 too": ("gb18030", "赢单".encode(), "璧㈠崟"),
    "a few words of GBK as Latin-1": ("latin-1", "赢单".encode("gbk"), "Ó®µ¥"),
    "Big5 as GBK": ("gbk", "贏單".encode("big5"), "墓虫"),
}


@pytest.mark.parametrize("kind", NOT_TOLD)
def test_what_no_byte_tells_is_read_as_the_contract_says(tmp_path, kind):
    said, word, seen = NOT_TOLD[kind]
    outcome = deliver(tmp_path, "d.csv", HEAD.encode() + b"1," + word + b",x\n", encoding=said)
    assert outcome.rows == [("1", seen, "x")], outcome.reason
