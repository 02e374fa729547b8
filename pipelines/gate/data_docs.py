"""Great Expectations' own pages (Data Docs) of what the suites found: one page a table, counts and no values.

Belongs here: building the site from results that are there. Does not: getting them (engine.py). A run does not build
it: it asks Great Expectations nothing about tables that have not changed, and so has no result of them to show.
"""

from __future__ import annotations

import html
import re
import shutil
import tempfile
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any

from pipelines.gate import rules
from pipelines.gate.engine import problem_of
from pipelines.gate.shims import load, quiet

# GX's pages ask a dozen hosts for styles, scripts and pictures, and so tell them who reads what: all of that is left
# out, and the browser is told to ask nobody. Nothing that stands on a page needs them.
OUTSIDE = re.compile(
    r"<script\b.*?</script>|<link\b[^>]*https?://[^>]*>|<img\b[^>]*https?://[^>]*>|<iframe\b.*?</iframe>"
    r"|<footer\b.*?</footer>|background: url\('https?://[^)]*\)[^;]*;",
    re.S | re.I,
)
# What these observe is a count, or what a table is made of. The newest date, the largest amount is a value of the data.
OBSERVED = frozenset({rules.ROW_COUNT, rules.QUERY, rules.COLUMNS, rules.OF_TYPE})
HEAD = """<head><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'
 'unsafe-inline'; img-src 'self' data:; font-src 'self'"><style>
body {font: 15px/1.5 sans-serif; max-width: 72em; margin: 2em auto; padding: 0 1em}
table {border-collapse: collapse; width: 100%} td, th {border-top: 1px solid #ddd; padding: .4em; text-align: left}
</style>"""


def build(results: Iterable[Any], folder: Path) -> Path:
    """Replaces `folder` by the site of `results` (as GreatExpectations.validate gives them); returns its first page.

    The old site stands until the new one is whole.
    """
    found = list(results)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
        made, old = Path(place) / "new", Path(place) / "old"
        with quiet():
            _build(found, made)
        for page in made.rglob("*.html"):
            page.write_text(_kept_at_home(page.read_text(encoding="utf-8")), encoding="utf-8")
        (made / "index.html").write_text(_index(found, made), encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        made.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    return folder / "index.html"


def _build(results: Iterable[Any], folder: Path) -> None:
    gx = load()
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    for name in list(context.variables.data_docs_sites or {}):
        context.delete_data_docs_site(name)
    store = {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)}
    index = {"class_name": "DefaultSiteIndexBuilder"}
    site = {"class_name": "SiteBuilder", "store_backend": store, "site_index_builder": index}
    context.add_data_docs_site("checks", site | {"show_how_to_buttons": False})
    for result in results:
        name = ValidationResultIdentifier(
            ExpectationSuiteIdentifier(result.suite_name), result.meta["run_id"], result.batch_id
        )
        context.validation_results_store.set(name, _shown(result))
    context.build_data_docs(build_index=False)


def _shown(result: Any) -> Any:
    """A copy in which each rule says its name, reason and arguments, an error what engine.py lets out, and no value."""
    shown = deepcopy(result)
    for one in shown.results:
        config = one.expectation_config
        arguments = [f"{key} {value}" for key, value in config.kwargs.items() if key not in ("batch_id", "column")]
        said = f"{config.meta['check']}: {config.meta['why']}" + "".join(f" · {argument}" for argument in arguments)
        config.description = html.escape(said)  # GX puts it on the page as it stands
        if config.type not in OBSERVED and "observed_value" in one.result:
            one.result["observed_value"] = None
        if problem := problem_of(one.exception_info):
            one.exception_info = {
                "raised_exception": True,
                "exception_message": html.escape(problem),
                "exception_traceback": "",
            }
    return shown


def _index(results: Iterable[Any], folder: Path) -> str:
    """A first page of our own: that of GX is empty where no script may run."""
    rows = []
    for result in sorted(results, key=lambda result: str(result.suite_name)):
        (page,) = folder.rglob(f"{result.batch_id}.html")
        counts = result.statistics
        rows.append(
            f'<tr><td><a href="{page.relative_to(folder).as_posix()}">{html.escape(result.suite_name)}</a></td>'
            f"<td>{counts['evaluated_expectations']}</td><td>{counts['unsuccessful_expectations']}</td></tr>"
        )
    return (
        f"<!DOCTYPE html><html>{HEAD}<meta charset='UTF-8'><title>Checks · 检查</title></head><body>"
        "<h1>Checks · 检查</h1>"
        "<table><tr><th>table · 表</th><th>rules · 规则</th><th>do not hold · 不满足</th></tr>"
        f"{''.join(rows)}</table></body></html>\n"
    )


def _kept_at_home(page: str) -> str:
    return OUTSIDE.sub("", page).replace("<head>", HEAD, 1)
