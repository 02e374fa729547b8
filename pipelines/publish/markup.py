"""What every page is drawn with: templates that escape everything, words in both languages, a policy by hash.

Belongs here: how words become markup. Does not: what a page shows (page.py, catalogue/), the words (words.py).
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.publish.words import WORDS, Words

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def environment(words: dict[str, Words] = WORDS, **more: Any) -> Environment:
    """Jinja with `both` (two languages, of which page.css shows one) and `say` (words with values in them)."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup, escape

    def both(said: Words | str) -> Markup:
        said = words[said] if isinstance(said, str) else said
        if said.zh == said.en:
            return escape(said.zh)
        return Markup('<span lang="zh">{}</span><span lang="en">{}</span>').format(said.zh, said.en)

    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(both=both, say=lambda key, *values: say(words, key, *values), WORDS=words, **more)
    return made


def say(words: dict[str, Words], key: str, *values: object) -> Words:
    return Words(*(text.format(*values) for text in words[key]))


def inlined(*names: str) -> tuple[Markup, str]:
    """Style or script of templates/ as one text to stand in a page, and its hash for the policy."""
    from markupsafe import Markup

    text = "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names)
    return Markup(text), "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
