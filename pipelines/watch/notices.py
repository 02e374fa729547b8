"""What the owner of a problem reads in the morning: one sentence per table and broken rule, in their language.

Belongs here: gate.results of a run → sentences → data/reports/notices.md. Does not: sending them (channels), or the
rules themselves (expectations/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipelines.errors import KpiError
from pipelines.gate.verdicts import CUSTOMER_MONTH
from pipelines.publish.words import WORDS

if TYPE_CHECKING:
    import duckdb

    from pipelines.model.company import Person
    from pipelines.watch.alerts.history import Finding

Language = Literal["zh", "en"]
Labels = dict[str, dict[str, str]]  # id → language → words
FILE = "notices.md"


@dataclass(frozen=True)
class Notice:
    """One sentence for one owner; `blocks` where the table was stopped, `failed_rows` for counting and sorting.

    `text` is in the owner's language, `texts` holds both: a deputy may speak the other one.
    """

    owner: str
    language: Language
    table: str
    check: str
    severity: str
    level: str
    status: str
    failed_rows: int
    blocks: bool
    kpis: tuple[str, ...]
    texts: dict[str, str]

    @property
    def text(self) -> str:
        return self.texts[self.language]


def notices(con: duckdb.DuckDBPyConnection, people: Mapping[str, Person], run_id: str) -> list[Notice]:
    """The failing critical and warning rules of `run_id`, worst first within each owner.

    A rule that could not be run (status error) is a critical notice whatever its severity: it stops the run, and
    silence must never look like health.
    Raises KpiError where the run has no results at all.
    """
    if not con.execute("select count(*) from gate.results where run_id = ?", [run_id]).fetchall()[0][0]:
        raise KpiError(f"the gate has no results of run {run_id}", next_step="run `kpi run` again")
    found = con.execute(
        """
        select results.owner, results.table_name, results.check_name,
               case when results.status = 'error' then 'critical' else results.severity end as severity,
               results.status, results.level,
               coalesce(results.failed_rows, 0), coalesce(results.checked_rows, 0),
               coalesce(results.why_zh, ''), coalesce(results.why_en, ''),
               coalesce(results.kpis_affected, ''), coalesce(verdicts.verdict = 'block', false)
        from gate.results as results
        left join gate.verdicts as verdicts using (run_id, table_name)
        where results.run_id = ? and results.status <> 'pass'
          and (results.severity in ('critical', 'warning') or results.status = 'error')
        order by results.owner, (severity = 'critical') desc, coalesce(results.failed_rows, 0) desc,
                 results.table_name, results.check_name
        """,
        [run_id],
    ).fetchall()
    labels, goals = _labels(con), _goals(con)
    made = []
    for owner, table, check, severity, status, level, failed, checked, why_zh, why_en, kpis, blocked in found:
        language = _language(owner, people)
        blocks = blocked and severity == "critical"
        ids = tuple(part.strip() for part in kpis.split(",") if part.strip())
        aims = list(dict.fromkeys(goal for kpi in ids for goal in goals.get(kpi, ())))
        texts = {
            spoken: say(_Result(table, check, severity, status, level, failed, checked, blocks), why, touched)
            for spoken, say, why in (("zh", _chinese, why_zh), ("en", _english, why_en))
            for touched in [_touched(ids, aims, spoken, labels)]
        }
        made.append(Notice(owner, language, table, check, severity, level, status, failed, blocks, ids, texts))
    return made


def write(
    found: Sequence[Notice],
    people: Mapping[str, Person],
    folder: Path,
    run_id: str,
    stale: Iterable[Finding] = (),
    provisional: str | None = None,
) -> Path:
    """Writes `notices.md`: the `provisional` years for all, a heading per owner, below it what failed, is `stale`."""
    by_owner: dict[str, list[str]] = {}
    for notice in found:
        by_owner.setdefault(notice.owner, []).append(notice.text)
    for finding in stale:
        by_owner.setdefault(finding.owner, []).append(finding.text[_language(finding.owner, people)])
    lines = [f"# Notices · 通知 · {run_id}", ""]
    if provisional:
        said = WORDS["provisional"]
        lines += [f"> {said.en.format(provisional)}.", f"> {said.zh.format(provisional)}。", ""]
    if not found:
        lines += ["Every check passed. 所有检查均已通过。", ""]
    for owner, own in by_owner.items():
        lines += [f"## {_name(owner, people)}", "", *(f"- {_one_line(text)}" for text in own), ""]
    folder.mkdir(parents=True, exist_ok=True)
    path, aside = folder / FILE, folder / f".{FILE}.next"
    aside.write_text("\n".join(lines), encoding="utf-8")
    aside.replace(path)
    return path


class _Result(NamedTuple):
    """A failing rule as gate.results has it, and whether its table was stopped for it."""

    table: str
    check: str
    severity: str
    status: str
    level: str
    failed: int
    checked: int
    blocks: bool


def _english(result: _Result, why: str, touched: str) -> str:
    because = _sentence(why, ".")
    table, check, failed = result.table, result.check, result.failed
    if result.status == "error":
        unknown = f"The rule {check} on {table} could not be run, so nobody knows whether the data is right."
        return f"{unknown}{touched} Next: the data engineers mend the rule."
    if result.level == CUSTOMER_MONTH:
        start = f"{table} and what follows from it do not agree in {failed:,} of {result.checked:,} customer-months"
        step = "compare both systems by the list, and correct the one that is wrong."
        return f"{start} ({check}).{' ' + because if because else ''}{touched} Next: {step}"
    if result.level == "table":
        start = f"{table} as a whole breaks the rule {check}."
    else:
        start = (
            f"{failed:,} of {result.checked:,} rows of {table} {'breaks' if failed == 1 else 'break'} the rule {check}."
        )
    if result.blocks:
        outcome, step = (
            "The table is held back, and its KPIs keep their last good values.",
            "correct the source and deliver it again.",
        )
    elif result.severity == "critical":
        outcome, step = (
            "They are set aside and not counted.",
            f"correct them in the source; they lie in quarantine_{table.removeprefix('raw_')}.",
        )
    else:
        outcome = f"{'The table is used' if result.level == 'table' else 'They are counted'} all the same."
        step = "look at what it found and correct it in the source."
    return f"{start}{' ' + because if because else ''} {outcome}{touched} Next: {step}"


def _chinese(result: _Result, why: str, touched: str) -> str:
    because = _sentence(why, "。")
    table, check, failed = result.table, result.check, result.failed
    if result.status == "error":
        return f"{table} 的规则 {check} 未能执行，数据是否正确无法确认。{touched}下一步：由数据工程师修正规则。"
    if result.level == CUSTOMER_MONTH:
        start = f"{table} 与其后续单据有 {failed:,} 个客户月（共 {result.checked:,} 个）金额不一致（{check}）。"
        return f"{start}{because}{touched}下一步：请按清单核对两个系统，更正有误的一方。"
    if result.level == "table":
        start = f"{table} 整表不符合规则 {check}。"
    else:
        start = f"{table} 有 {failed:,} 行（共 {result.checked:,} 行）不符合规则 {check}。"
    if result.blocks:
        outcome, step = "该表已暂停使用，相关指标保留上一次的正确数值。", "请在源系统更正后重新提供数据。"
    elif result.severity == "critical":
        outcome, step = (
            "这些行已隔离，不计入指标。",
            f"请在源系统更正；明细见 quarantine_{table.removeprefix('raw_')}。",
        )
    else:
        outcome = "该表仍照常使用。" if result.level == "table" else "这些行仍计入指标。"
        step = "请核实并在源系统更正。"
    return f"{start}{because}{outcome}{touched}下一步：{step}"


def _sentence(why: str, end: str) -> str:
    why = " ".join(why.split())
    return why if not why or why[-1] in ".。!！?？" else why + end


def _touched(kpis: Sequence[str], goals: Sequence[str], language: str, labels: Labels) -> str:
    """The KPIs and goals that stand on the table, by the names people gave them."""
    names = [labels.get(kpi, {}).get(language, kpi) for kpi in kpis]
    aims = [labels.get(goal, {}).get(language, goal) for goal in goals]
    if language == "zh":
        said = f"受影响的指标：{'、'.join(names)}。" if names else "没有指标受影响。"
        return said + (f"受影响的目标：{'、'.join(aims)}。" if aims else "")
    said = f" KPIs touched: {', '.join(names)}." if names else " No KPI is touched."
    return said + (f" Goals touched: {', '.join(aims)}." if aims else "")


def _goals(con: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The goals of each KPI; empty where the run stopped before the definitions were written."""
    if not _exists(con, "goals"):
        return {}
    found: dict[str, list[str]] = {}
    for kpi, goal in con.execute("select distinct kpi_id, goal_id from definitions.goals order by all").fetchall():
        found.setdefault(kpi, []).append(goal)
    return found


def _labels(con: duckdb.DuckDBPyConnection) -> Labels:
    """What people call each KPI and each goal; empty where the run stopped before the definitions were written."""
    found: Labels = {}
    for table, key, order in (("kpis", "kpi_id", "definition_version"), ("goals", "goal_id", "revision")):
        if _exists(con, table):
            rows = con.execute(f"select {key}, label_zh, label_en from definitions.{table} order by {order}").fetchall()
            found |= {name: {"zh": zh, "en": en} for name, zh, en in rows}
    return found


def _exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    query = "select 1 from duckdb_tables() where schema_name = 'definitions' and table_name = ?"
    return bool(con.execute(query, [table]).fetchall())


def _language(owner: str, people: Mapping[str, Person]) -> Language:
    return people[owner].language if owner in people else "en"


def _name(owner: str, people: Mapping[str, Person]) -> str:
    if owner not in people:
        return owner or "?"
    name = people[owner].name
    return name if isinstance(name, str) else getattr(name, people[owner].language)


def _one_line(text: str) -> str:
    return " ".join(text.split())
