"""Hostile KPI definitions: SQL, Jinja, YAML, paths and shell in every field of a KPI file.

Invariant: each is refused by `kpi validate` in under a second, with file and line; or it is a text where a text may stand,
and then it stands as that text in compiled SQL, in the catalogue and on the page. Nothing outside is read or written.
"""

from __future__ import annotations

import copy
import html
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

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
from tests.publish.conftest import AS_OF, KPIS, NOW, RUN
from tests.publish.conftest import change as change
from tests.publish.conftest import sample as sample
from tests.publish.conftest import settings as settings
from tests.publish.test_page import Elements

SECRET = "canary-4f1c7e"
MOST_SECONDS = 1.0
NOT_THERE = "/nowhere/canary.txt"  # replaced by the path of the canary file

DEALS = {"entity": "deals", "agg": "sum", "expr": "amount", "filter": "status = 'won'", "date": "closed_at"}
ABOUT: dict[str, Any] = {
    "id": "probe", "label": {"zh": "探针", "en": "Probe"}, "description": {"zh": "探针", "en": "A probe"},
    "business_goal": "raise_sales", "owner": "sales_ops", "steward": "data_crm", "unit": "count", "direction": "up",
    "levels": ["company", "region"], "grains": ["month"], "versions": [{"from": "2026-01-01"}],
}  # fmt: skip
SAID: dict[str, dict[str, Any]] = {
    "simple": {
        "simple": {"measure": DEALS | {"person": "owner_id"}}, "cuts": ["stage"], "guardrails": ["probe"],
        "shared_with": ["sales_ops"], "thresholds": {"green": 1, "amber": 0.9}, "cadence": "daily",
        "quality": {"block_if": {"quarantined_share": "> 0.02"}},
        "privacy": {"sensitivity": "personal_at_rep"}, "attribution": "as_is",
    },
    "ratio": {
        "ratio": {"numerator": DEALS, "denominator": {"entity": "deals", "agg": "count", "date": "closed_at"}},
        "min_denominator": 5, "direction": {"range": [1, 2]},
    },
    "derived": {"derived": {"expr": "a - b", "of": {"a": DEALS, "b": DEALS | {"filter": "status = 'lost'"}}}},
    "growth": {"growth": {"of": "basis", "versus": "previous", "as": "ratio"}},
    "cumulative": {"cumulative": {"of": "basis", "window": "12 months"}},
    "snapshot": {
        "snapshot": {"measure": {"entity": "deals", "agg": "count", "filter": "amount > 1"}, "from": "created_at",
                     "until": "closed_at"},
    },
    "state": {"snapshot": {"measure": {"entity": "deals", "agg": "count"}, "day": "created_at", "take": "last"}},
    "cohort": {
        "cohort": {
            "entity": "leads", "start": "created_at", "within": "90 days", "filter": "not is_junk", "person": "owner_id",
            "event": {"entity": "contracts", "key": "customer_id", "date": "signed_date", "filter": "amount > 1"},
        }
    },
    "percentile": {"simple": {"measure": DEALS | {"agg": "percentile", "percentile": 0.9}}},
    "small": {"simple": {"measure": DEALS}, "privacy": {"min_group_size": 5, "people": "owner_id"}},
    "versions": {
        "simple": {"measure": DEALS},
        "versions": [{"from": "2026-01-01"}, {"from": "2026-07-01", "simple": {"measure": DEALS}}],
    },
}  # fmt: skip

Place = tuple[str | int, ...]
EXPRESSIONS: list[tuple[str, Place]] = [
    ("simple", ("simple", "measure", "expr")), ("simple", ("simple", "measure", "filter")),
    ("ratio", ("ratio", "numerator", "expr")), ("ratio", ("ratio", "denominator", "filter")),
    ("derived", ("derived", "expr")), ("derived", ("derived", "of", "a", "expr")),
    ("derived", ("derived", "of", "b", "filter")), ("snapshot", ("snapshot", "measure", "filter")),
    ("cohort", ("cohort", "filter")), ("cohort", ("cohort", "event", "filter")),
    ("versions", ("versions", 1, "simple", "measure", "filter")), ("small", ("simple", "measure", "expr")),
]  # fmt: skip
NAMES: list[tuple[str, Place]] = [
    ("simple", ("id",)), ("simple", ("business_goal",)), ("simple", ("owner",)), ("simple", ("steward",)),
    ("simple", ("unit",)), ("simple", ("direction",)), ("simple", ("levels", 0)), ("simple", ("grains", 0)),
    ("simple", ("cuts", 0)), ("simple", ("attribution",)), ("simple", ("cadence",)), ("simple", ("guardrails", 0)),
    ("simple", ("thresholds", "green")), ("simple", ("quality", "block_if", "quarantined_share")),
    ("simple", ("privacy", "sensitivity")), ("small", ("privacy", "people")), ("small", ("privacy", "min_group_size")),
    ("simple", ("versions", 0, "from")), ("versions", ("versions", 1, "from")),
    ("simple", ("simple", "measure", "entity")), ("simple", ("simple", "measure", "agg")),
    ("simple", ("simple", "measure", "date")), ("simple", ("simple", "measure", "person")),
    ("percentile", ("simple", "measure", "percentile")), ("ratio", ("ratio", "numerator")),
    ("ratio", ("min_denominator",)), ("ratio", ("direction", "range", 0)), ("growth", ("growth", "of")),
    ("growth", ("growth", "versus")), ("growth", ("growth", "as")), ("cumulative", ("cumulative", "of")),
    ("cumulative", ("cumulative", "window")), ("snapshot", ("snapshot", "from")), ("snapshot", ("snapshot", "until")),
    ("state", ("snapshot", "day")), ("state", ("snapshot", "take")), ("cohort", ("cohort", "entity")),
    ("cohort", ("cohort", "start")), ("cohort", ("cohort", "within")), ("cohort", ("cohort", "person")),
    ("cohort", ("cohort", "event")), ("cohort", ("cohort", "event", "entity")), ("cohort", ("cohort", "event", "key")),
    ("cohort", ("cohort", "event", "date")), ("simple", ("rep_days",)), ("simple", ("bounds",)),
]  # fmt: skip
# Keys are words of people too.
KEYS: list[tuple[str, Place]] = [
    ("simple", ()), ("simple", ("label",)), ("simple", ("simple", "measure")), ("derived", ("derived", "of")),
    ("simple", ("quality", "block_if")), ("cohort", ("cohort", "event")), ("simple", ("privacy",)),
    ("versions", ("versions", 1)),
]  # fmt: skip

SQL_PAYLOADS = [
    "(select content from read_text('/nowhere/canary.txt'))", "getenv('KPI_CANARY') = 'x'",
    "status in (select content from read_text('/nowhere/canary.txt'))", "1; attach '/nowhere/canary.db' as x",
    "amount) from deals; copy (select 1) to '/nowhere/canary.txt' --", "1 union all select 1",
    "(select * from read_csv('/nowhere/canary.txt'))", "pragma database_list", "amount -- the rest", "amount /* x */",
    "' or 1=1 --", "'' or ''=''", "$$x$$ = $$x$$", "amount\x00", "amount = ‘x’", "“amount”", "status = 'a' 'b'", "＇ or 1=1",
    "exists (from duckdb_secrets())", "amount is not distinct from getvariable('x')", "columns('.*') is null", "*",
    "duckdb_settings()", "pg_sleep(10) is null", "amount::varchar = 'x'", "cast(amount as int) = 1", "amount over ()",
    "sum(amount) over (partition by owner_id) > 1", "deals.amount > 1", "warehouse.definitions.run.as_of_date is null",
    "status like '%'", "status similar to '.*'", "$1 = 1", "? = 1", "@canary = 1", "amount[1] = 1", "lambda x: x",
    "x -> x", "E'\\x41' = status", "status = 'a\\'", "install httpfs", "load '/nowhere/canary.txt'", "set threads = 1",
    "(amount, amount) = (1, 2)", "amount in status", "amount in ()", "if(amount > 1, true, false)", "amount is amount",
    "amount between symmetric 2 and 1", "round(amount, 2, 'x') > 1", "amount > 1e400", "amount > 1 limit 1",
    "status = ''; drop table deals; --'", "status = '${KPI_CANARY}'", "status = 'a\tb'", "status = 'a\nb'",
    "amount = any (select 1)", "amount order by 1", "()", "", " ", "(" * 800 + "1" + ")" * 800, "not " * 480 + "true",
    "+".join(["amount"] * 280) + " > 1", "status = '" + "x" * 100_000 + "'", "amount > 1" + " or amount > 1" * 6_000,
]  # fmt: skip
# Words of the expression that are texts in quotes: accepted, and they stay one text.
TEXTS = [
    "it''s", "'' union select 1 from deals where =", "’ or 1=1", "＇ or 1=1", "select content from read_text(''x'')", "$HOME",
    "$(id)", "`id`", "../../etc/passwd", "%s%n", "' ' || ' '".replace("'", "''"), "$$", "<script>alert(1)</script>", "\u202egnp",
]  # fmt: skip
JINJA = [
    "{{ env_var('KPI_CANARY') }}", "{% raw %}", "{# x #}", "{{ 7 * 7 }}", "{%- set x = 1 -%}", "}}{{", "{{ ref('deals') }}",
    "{{ config(post_hook='drop table deals') }}",
]  # fmt: skip
SHELL = [
    "${KPI_CANARY}",
    "$(cat /nowhere/canary.txt)",
    "`id`",
    "| id",
    "&& id",
    "%KPI_CANARY%",
    "~root",
    "\x1b[2J\x1b]0;x\x07",
]
PATHS = [
    "../../canary",
    "..\\..\\canary",
    "/nowhere/canary.txt",
    "file:///nowhere/canary.txt",
    "C:\\x",
    "a/../b",
    "%2e%2e%2f",
]
WORDS = [
    "x'); drop table deals; --", 'x" union select 1 --', "won_amount\n", "a b", "", "​", "null", "x" * 100_000, "ﬁnal", "Ｘ",
    {"a": {"b": "c"}}, ["x", "y"], {}, "2026-02-30", "1e999", ".nan", "-1",
]  # fmt: skip
# Written into the file as they are, below a whole definition.
YAML = {
    "python object": "evil: !!python/object/apply:os.system ['id']\n", "tag": "evil: !secret KPI_CANARY\n",
    "include": "evil: !include /nowhere/canary.txt\n", "env": "evil: !ENV ${KPI_CANARY}\n", "binary": "evil: !!binary aWQ=\n",
    "alias": "a: &a [x, x]\nb: [*a, *a]\n", "merge": "<<: {owner: ceo}\n", "twice": "id: probe\n",
    "second document": "---\nid: probe\n", "directive": "%TAG ! tag:x,2000:\n---\nid: probe\n", "tab": "\tevil: 1\n",
    "null byte": "evil: \x00\n", "surrogate": 'label2: "\\uD800"\n', "depth": "evil: " + "[" * 400 + "]" * 400 + "\n",
    "depth of keys": "evil: " + "{a: " * 400 + "x" + "}" * 400 + "\n", "open quote": 'evil: "x\n', "open brace": "evil: {x\n",
    "set": "evil: !!set {x}\n", "key of a list": "? [a, b]\n: x\n", "size": "evil: " + "x" * 2_100_000 + "\n",
    "next line": "evil: x\u2028id: y\n", "bom inside": "\ufeffevil: x\n",
}  # fmt: skip


class Case(NamedTuple):
    name: str
    said: dict[str, Any] | str
    stem: str = "probe"


def put(said: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    """A copy of a definition with `value` at `place`."""
    made = copy.deepcopy(said)
    inside: Any = made
    for step in place[:-1]:
        inside = inside[step] if isinstance(inside, list) else inside.setdefault(step, {})
    inside[place[-1]] = value
    return made


def whole(base: str) -> dict[str, Any]:
    return copy.deepcopy(ABOUT | SAID[base])


def short(payload: Any) -> str:
    return repr(payload)[:40]


def cases() -> Iterator[Case]:
    """What must be refused. Every payload meets a few places, every place many payloads."""
    for number, payload in enumerate([*SQL_PAYLOADS, *JINJA, *SHELL]):
        for step in range(3):
            base, place = EXPRESSIONS[(number + step * 5) % len(EXPRESSIONS)]
            yield Case(f"{'.'.join(map(str, place))}: {short(payload)}", put(whole(base), place, payload))
    names = [*WORDS, *JINJA, *SHELL, *PATHS, *SQL_PAYLOADS[:12]]
    for number, (base, place) in enumerate(NAMES):
        for step in range(4):
            payload = names[(number * 7 + step * 11) % len(names)]
            if payload == "-1" and place[-1] in ("green", 0):
                payload = "1e999"  # a number below 0 is a number
            yield Case(f"{'.'.join(map(str, place))}: {short(payload)}", put(whole(base), place, payload))
    for number, (base, place) in enumerate(KEYS):
        for step in range(3):
            payload = [*JINJA, *SHELL, *PATHS, *SQL_PAYLOADS[:12]][(number * 5 + step * 9) % 32]
            yield Case(f"key of {'.'.join(map(str, place))}: {payload!r}", put(whole(base), (*place, payload), "x"))
    for word in ("select", "final", "grain", "measures_deals", "a__b", "cut_stage", "order", "people"):
        yield Case(f"id {word}", put(whole("simple"), ("id",), word), word)
        yield Case(f"part {word}", put(whole("derived"), ("derived", "of", word), DEALS))
    for limit in ("> ²", "> ١", "> 1e9", "< 1", "> 0.02; drop", "> {{ 1 }}"):
        yield Case(f"limit {limit}", put(whole("simple"), ("quality", "block_if", "stale_working_days"), limit))
    for number in ("min_denominator", "privacy.min_group_size"):
        base = "small" if "." in number else "ratio"
        yield Case(f"huge {number}", put(whole(base), tuple(number.split(".")), 10**30))
    for column in ('value" from x; --', "value\", (select content from read_text('/nowhere/canary.txt')) as \"x", "*"):
        example = {"given": {}, "at": {"month": "2026-03"}, "expect": {column: 1}}
        yield Case(f"example {short(column)}", put(whole("simple"), ("examples",), [example]))
    for period in ("period_start <= created_at", "created_at < period_end"):  # of no cohort: the row starts in one
        yield Case(f"cohort {period}", put(whole("cohort"), ("cohort", "filter"), period))
        other = period.replace("created_at", "signed_date")
        yield Case(f"event {other}", put(whole("cohort"), ("cohort", "event", "filter"), other))
    for stem in (
        "..\\..\\canary",
        "$(id)",
        "{{ x }}",
        "a;b",
        "probe ",
        "ﬁnal",
        "probe\x1b[2J",
        "con",
        "-rf",
        "' or 1=1",
    ):
        yield Case(f"file {stem!r}", whole("simple"), stem)
    for name, text in YAML.items():
        yield Case(f"yaml {name}", text)


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
        return [name for name in names if name in ("kpis", "goals", "packs", "schema", "reconciliations.yml")]

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
    told = {kpi["en"] for kpi in json.loads(elements.raw["script"][0])["kpis"]}
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
