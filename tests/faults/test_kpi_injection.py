"""Hostile KPI definitions: SQL, Jinja, YAML, paths and shell in every field of a KPI file.

Invariant: each is refused by `kpi validate` in under a second, with file and line; or it is a text where a text may stand,
and then it stands as that text in compiled SQL, in the catalogue and on the page. Nothing outside is read or written.
"""

from __future__ import annotations

import html
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from sqlglot.tokens import Tokenizer as Plain
from sqlglot.tokens import TokenType

from pipelines.base_tables import BASE_TABLES
from pipelines.errors import KpiError, KpiErrors
from pipelines.model import check, examples, tables
from pipelines.model.check import Definitions
from pipelines.model.kpi import KpiFile
from pipelines.model.kpi.names import SQL
from pipelines.model.render import Renderer
from pipelines.publish.page import write_page
from pipelines.publish.serving import publish
from pipelines.settings import REPOSITORY, Settings
from tests.faults.kpi_corpus import (
    ABOUT,
    DEALS,
    EXPRESSIONS,
    JINJA,
    NAMES,
    NOT_THERE,
    PATHS,
    SAID,
    SHELL,
    SQL_PAYLOADS,
    TEXTS,
    WORDS,
    Case,
    Place,
    cases,
    put,
    whole,
)
from tests.publish.conftest import AS_OF, KPIS, NOW, RUN
from tests.publish.conftest import change as change
from tests.publish.conftest import sample as sample
from tests.publish.conftest import settings as settings
from tests.publish.page.unpacked import head_and_columns
from tests.publish.test_page import Elements

SECRET = "canary-4f1c7e"
MOST_SECONDS = 1.0


class Folder:
    """A configuration of one system, with `probe.yml` as each test wants it; and a canary that lies outside."""

    def __init__(self, place: Path) -> None:
        self.place, self.home, self.outside = place, place / "config", place / "outside"
        shutil.copytree(REPOSITORY / "kpi_definitions", self.home / "kpi_definitions", ignore=self._few)
        (self.home / "sources").mkdir()
        shutil.copy(REPOSITORY / "pipelines" / "sources" / "crm.yml", self.home / "sources")
        self.outside.mkdir()
        self.canary = self.outside / "canary.txt"
        self.canary.write_text(f"secret: {SECRET}\n", encoding="utf-8")
        self.settings = Settings(config=self.home)
        self.kpis = self.home / "kpi_definitions" / "kpis"
        self.kpis.mkdir()
        self.write(ABOUT | {"id": "basis", "simple": {"measure": DEALS}}, "basis")

    @staticmethod
    def _few(_: str, names: list[str]) -> list[str]:
        of_kpis = ("kpis", "goals", "scorecards", "packs", "schema", "reconciliations.yml", "reports")
        return [name for name in names if name in of_kpis]

    def write(self, said: dict[str, Any] | str, stem: str = "probe", area: str = "sales") -> Path:
        path = self.kpis / area / f"{stem}.yml"
        path.parent.mkdir(exist_ok=True)
        text = said if isinstance(said, str) else yaml.safe_dump(said, allow_unicode=True, sort_keys=False)
        path.write_text(self.aimed(text), encoding="utf-8", errors="surrogatepass")
        return path

    def aimed(self, text: str) -> str:
        return text.replace(NOT_THERE, str(self.canary))

    def read(self) -> Definitions:
        return check.read_definitions(self.settings)

    def listing(self) -> dict[str, tuple[int, int]]:
        """Every file with its size and when it was changed, the canary's folder included."""
        files = [path for path in self.place.rglob("*") if path.is_file()]
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("KPI_CANARY", SECRET)
    return Folder(tmp_path)


class Opened:
    """The files below a folder that Python opened while it is on."""

    def __init__(self) -> None:
        self.below: str | None = None
        self.paths: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple) -> None:
        if self.below and event in ("open", "os.listdir", "subprocess.Popen", "os.system", "socket.connect"):
            said = str(arguments[0])
            if event not in ("open", "os.listdir") or said.startswith(self.below):
                self.paths.append(f"{event} {said}")


OPENED = Opened()


@pytest.fixture
def watched(folder: Folder) -> Iterator[Folder]:
    OPENED.below, OPENED.paths = str(folder.outside), []
    yield folder
    OPENED.below = None
    assert OPENED.paths == [], "nothing outside was opened, nothing was started"


def refused(folder: Folder, case: Case) -> tuple[str | None, float]:
    """What is wrong with how a case is refused, or None; and the seconds it took."""
    text = case.said if isinstance(case.said, dict) else yaml.safe_dump(ABOUT | SAID["simple"]) + case.said
    path = folder.write(text, case.stem)
    before, began = folder.listing(), time.process_time()
    try:
        folder.read()
    except KpiErrors as found:
        seconds = time.process_time() - began
        wrong = [error for error in found.errors if error.file != path]
        unsaid = [error for error in found.errors if not error.line and "larger than" not in error.problem]
        said = str(found)
        if wrong:
            problem = f"of another file: {wrong[0]}"
        elif unsaid and not isinstance(case.said, str):
            problem = f"without a line: {unsaid[0]}"
        elif SECRET in said:
            problem = "tells the secret"
        elif any(len(str(e)) > 5_000 or not str(e).replace("\u3000", "").isprintable() for e in found.errors):
            problem = "is not one readable line"
        else:
            problem = None
    except Exception as error:
        seconds, problem = time.process_time() - began, f"breaks: {type(error).__name__} {str(error)[:100]}"
    else:
        seconds, problem = time.process_time() - began, "is accepted"
    if folder.listing() != before:
        problem = "changed files"
    path.unlink()
    return problem, seconds


ALL = list(cases())


def run(folder: Folder, some: list[Case]) -> None:
    folder.read()  # what is imported once is no cost of a case
    done = {case.name: refused(folder, case) for case in some}
    print(
        f"{sum(p is None for p, _ in done.values())} of {len(done)} refused; slowest {max(s for _, s in done.values()):.2f} s"
    )
    assert {name: problem for name, (problem, _) in done.items() if problem} == {}
    assert {name: seconds for name, (_, seconds) in done.items() if seconds > MOST_SECONDS} == {}


def test_the_corpus_is_as_large_as_promised() -> None:
    assert len({case.name for case in ALL}) >= 200
    assert {place for _, place in [*EXPRESSIONS, *NAMES]}  # every field of a KPI file that is not free text


def test_hostile_definitions_are_refused_with_file_and_line(watched: Folder) -> None:
    run(watched, ALL[::6])


@pytest.mark.faults
def test_every_hostile_definition_is_refused_with_file_and_line(watched: Folder) -> None:
    run(watched, ALL)


def test_words_of_sql_are_those_of_the_database() -> None:
    found = duckdb.sql(
        "select keyword_name from duckdb_keywords() where keyword_category in ('reserved', 'type_function')"
    ).fetchall()
    assert {word for (word,) in found} == SQL


def test_a_link_that_leads_out_is_not_followed(watched: Folder) -> None:
    for target in (watched.canary, Path("/etc/passwd"), Path("/dev/zero")):
        link = watched.kpis / "sales" / "probe.yml"
        link.symlink_to(target)
        with pytest.raises(KpiErrors) as error:
            watched.read()
        assert "probe.yml" in str(error.value)
        assert "root:" not in str(error.value)
        assert "secret" not in str(error.value)
        link.unlink()


def tokens(sql: str) -> list[tuple[TokenType, str]]:
    return [(token.token_type, token.text) for token in Plain().tokenize(sql)]


def test_text_in_quotes_stays_one_text_in_compiled_sql(watched: Folder) -> None:
    """The same tokens, but for that one text: whatever it says, it is never anything else."""
    for place in (("simple", "measure", "filter"), ("simple", "measure", "expr")):
        form = "status = '{}'" if place[-1] == "filter" else "case when status = '{}' then 1 else - - 1 end"
        plain: list[tuple[TokenType, str]] = []
        for text in ["canary", *TEXTS]:
            watched.write(put(whole("simple"), place, form.format(text)) | {"guardrails": []})
            definitions = watched.read()
            sql = Renderer(definitions.compiled).render("measures_deals")[0]
            found = tokens(sql)
            plain = plain or found
            differing = [(was, now) for was, now in zip(plain, found, strict=True) if was != now]
            said = text.replace("''", "'")
            assert {now for _, now in differing} <= {(TokenType.STRING, said)}
            assert {was for was, _ in differing} <= {(TokenType.STRING, "canary")}
            assert len(differing) > 0 or said == "canary"


FREE: list[Place] = [("label", "zh"), ("label", "en"), ("description", "zh"), ("description", "en")]
LABELS = [
    *(str(word) for word in WORDS if isinstance(word, str) and word.strip()), *JINJA, *SHELL, *PATHS, *SQL_PAYLOADS[:24], *TEXTS,
    "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "=cmd|'/C calc'!A0",
    "&lt;b&gt;", "]]>", "javascript:alert(1)", "<!-- ", "</textarea>",
]  # fmt: skip
LABELS = [label for label in LABELS if label and "\x00" not in label and "\x1b" not in label]


def test_labels_stand_in_the_catalogue_as_they_were_written_and_nowhere_in_sql(watched: Folder) -> None:
    plain = {f"probe_{number}": ABOUT | SAID["simple"] | {"id": f"probe_{number}"} for number in range(len(LABELS))}
    for kpi_id, said in plain.items():
        watched.write(said | {"guardrails": []}, kpi_id)
    before = watched.read().compiled
    for label, (kpi_id, said) in zip(LABELS, plain.items(), strict=True):
        hostile = said | {
            "guardrails": [],
            "label": {"zh": label, "en": label},
            "description": {"zh": label, "en": label},
        }
        watched.write(hostile, kpi_id)
    definitions = watched.read()
    assert definitions.compiled == before
    with duckdb.connect() as con:
        con.execute(BASE_TABLES)
        tables.write(con, definitions, "a run", date(2026, 3, 31), datetime(2026, 4, 1))
        for name, sql in Renderer(definitions.compiled).in_order("kpi_catalog", set()).items():
            con.execute(f'create table "{name}" as {sql}')
        found = con.execute(
            "select kpi_id, label_zh, label_en, description_zh, description_en from kpi_catalog where kpi_id <> 'basis'"
        ).fetchall()
    said = {kpi_id: watched.aimed(label) for label, kpi_id in zip(LABELS, plain, strict=True)}
    assert {row[0]: set(row[1:]) for row in found} == {kpi_id: {label} for kpi_id, label in said.items()}
    assert SECRET not in str(found)


def test_labels_stand_on_the_page_as_text(settings: Settings, change: Callable[..., None]) -> None:
    def page() -> str:
        return write_page(publish(settings, RUN, AS_OF, NOW, "abc").path, settings.serving).read_text(encoding="utf-8")

    plain = Elements(page())
    by_kpi = {kpi[0]: " ¦ ".join(LABELS[n :: len(KPIS)])[:3000] for n, kpi in enumerate(KPIS)}
    for kpi_id, label in by_kpi.items():
        quoted = label.replace("'", "''")
        change(
            f"update published.kpi_catalog set label_en = '{quoted}', label_zh = '{quoted}', description_en = '{quoted}',"
            f" description_zh = '{quoted}' where kpi_id = '{kpi_id}'"
        )
    text = page()
    elements = Elements(text)
    assert {tag for tag, _ in elements.tags} <= {tag for tag, _ in plain.tags}
    assert {name for _, some in elements.tags for name in some} <= {name for _, some in plain.tags for name in some}
    assert len(elements.raw["script"]) == len(plain.raw["script"])
    told = {kpi["en"] for kpi in head_and_columns(text)[0]["kpis"]}
    assert told == set(by_kpi.values())
    assert all(
        html.escape(label).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in text for label in by_kpi.values()
    )


def test_an_area_is_a_text_of_the_catalogue(watched: Folder) -> None:
    for area in ("<script>", "{{ x }}", "$(id)", "' or 1=1", "..\\x", "a;b"):
        path = watched.write(put(whole("simple"), ("guardrails",), []), area=area)
        definitions = watched.read()
        assert definitions.kpis["probe"].area == area
        assert not any(area in text for text in definitions.compiled.values())
        path.unlink()
        path.parent.rmdir()


def test_rows_and_units_of_an_example_are_bound_and_open_no_file(watched: Folder) -> None:
    """A worked example is computed: what it gives are values, and the database it is computed in has no way out."""
    stolen = "(select content from read_text('/nowhere/canary.txt'))"
    hostile: list[dict[str, Any]] = [
        {"given": {"deals": [{"deal_id": stolen, "amount": 1, "status": "won", "closed_at": "2026-03-02"}]}},
        {"given": {"deals": [{"deal_id": "d", 'amount") values (1); --': 1}]}},
        {"given": {'deals"; drop table deals; --': []}}, {"given": {}, "unit": "' or 1=1 --"},
        {"given": {}, "cut": {"none' or 1=1 --": "all' or ''='"}}, {"given": {}, "at": {"month": "2026-03'; --"}},
        {"given": {"deals": [{"deal_id": "d", "amount": stolen}]}}, {"given": {"deals": [{"closed_at": "{{ x }}"}]}},
    ]  # fmt: skip
    said = [{"at": {"month": "2026-03"}, "expect": {"value": 5}} | example for example in hostile]
    for example in said:
        watched.write(put(whole("simple"), ("guardrails",), []) | {"examples": [example]})
        definitions = watched.read()
        file: KpiFile = definitions.kpis["probe"]
        try:
            outcomes = list(examples.run(file, definitions))
        except KpiError as error:
            told, line = str(error), error.line
        else:
            told, line = str(outcomes), outcomes[0].line
            assert [outcome.holds for outcome in outcomes] == [False]
        assert line, "an example that cannot be computed is told with its line"
        assert SECRET not in told
    assert os.environ["KPI_CANARY"] == SECRET
