"""The boards alone in one page, to be looked at: `python -m tests.publish.boards.preview SERVING_FILE OUT.html [zh|en]`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from pipelines.publish import boards
from pipelines.publish.markup import environment, inlined
from pipelines.publish.words import STATUS

PAGE = """{% from "parts.html.j2" import symbols %}<!doctype html>
<html lang="{{ 'zh-CN' if language == 'zh' else 'en' }}" data-lang="{{ language }}" data-grain="month"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{{ hash }}'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>boards</title><style>{{ style }}</style></head>
<body>{{ symbols() }}<main>
{% for board in found %}<section class="sheet" id="{{ board.id }}"><h2>{{ both(board.title) }}</h2>{{ board.html }}</section>{% endfor %}
</main></body></html>"""


def preview(serving_file: Path, language: str = "zh") -> str:
    """The page, with the style of the product and its policy."""
    style, digest = inlined("page.css", boards.STYLE)
    with duckdb.connect(str(serving_file), read_only=True) as con:
        found = boards.sections(con)
    return environment(STATUS=STATUS).from_string(PAGE).render(found=found, style=style, hash=digest, language=language)


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(preview(Path(sys.argv[1]), *sys.argv[3:4]), encoding="utf-8")
