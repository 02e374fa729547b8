"""Bad goals, more than a hundred: files that must not be imported, and what `kpi validate` must say of each.

Belongs here: a sound goal, what is wrong in each case, and the words and the place of its error. Does not: reading them
(test_goal_corpus.py).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from tests.faults import workbooks
from tests.faults.workbooks import claiming, number, parts, row, sheet, text, zipped

WHY = {"zh": "因", "en": "why"}
SOUND: dict[str, Any] = {
    "id": "probe", "label": {"zh": "探针", "en": "Probe"}, "kpi": "won_amount", "scope": {"level": "company"},
    "period": {"grain": "quarter", "from": "2026-01-01", "to": "2026-12-31"}, "target": {"value": 100},
    "owner": "vp_sales",
}  # fmt: skip
PERIOD = SOUND["period"]
BASE = {"base": "same_period_last_year"}
OF_REPS: dict[str, Any] = {"scope": {"level": "rep"}, "target": {"file": "probe.csv"}}
OF_A_BOOK: dict[str, Any] = {"scope": {"level": "rep"}, "target": {"file": "probe.xlsx"}}
COUNTS, SHARES, MINUTES = {"kpi": "new_customers"}, {"kpi": "win_rate"}, {"kpi": "first_response_time"}
LONG = "unit_id,period_start,target\n"
MONTHS = {"grain": "month", "from": "2026-01-01", "to": "2026-12-31"}
SQL = (
    "' or 1=1 --",
    "x'); drop table goals; --",
    "{{ env_var('KPI_CANARY') }}",
    "{% raw %}",
    "$(id)",
    "../../etc/passwd",
)


class Case(NamedTuple):
    """`says` stands in the error; `at` is its file and line, or, of the goal file, a word of the line it names."""

    name: str
    says: str
    at: str
    said: dict[str, Any] = {}  # over SOUND; None leaves a field out
    files: dict[str, str | bytes] = {}
    added: str = ""  # below the goal, as it is
    others: tuple[dict[str, Any], ...] = ()
    company: dict[str, Any] = {}


def revised(**said: Any) -> dict[str, Any]:
    return {"revisions": [{"from": "2026-07-01", "target": {"value": 5}, "reason": WHY, "approved_by": "ceo"} | said]}


def other(goal_id: str = "other", **said: Any) -> dict[str, Any]:
    return SOUND | {"id": goal_id} | said


def of_csv(name: str, says: str, written: str | bytes, line: int | None, **said: Any) -> Case:
    return Case(name, says, f"probe.csv:{line}" if line else "probe.csv", OF_REPS | said, {"probe.csv": written})


def of_book(name: str, says: str, book: bytes, line: int | None = None) -> Case:
    return Case(name, says, f"probe.xlsx:{line}" if line else "probe.xlsx", OF_A_BOOK, {"probe.xlsx": book})


def book(*rows: list[Any], title: str = "Targets", also: Callable[[Any], None] | None = None) -> bytes:
    made = Workbook()
    made.active.title = title
    for one in rows:
        made.active.append(one)
    if also:
        also(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def numbers() -> Iterator[Case]:
    for written, says in (
        ("1e308", "'1e308' is not a number below 10^18"), (10**18, "is not a number below 10^18"),
        (-(10**18), "is not a number below 10^18"), ("NaN", "'NaN' is not a number"), (float("nan"), "is not a number"),
        ("Infinity", "'Infinity' is not a number"), (float("-inf"), "is not a number"), ("lots", "'lots' is not a number"),
        ("１２", "write it with the digits 0-9"), ("１２．５", "write it with the digits 0-9"), ("١٢", "is not a number"),
        ("1,200.50", "without thousands separators"), ("1.200,50", "is not a number"), ("¥5", "leave the currency out"),
        ("5 EUR", "leave the currency out"), ("5元", "leave the currency out"), ("30%", "write a share, such as 0.3"),
        ("=1+1", "it is a formula"), ("", "must be a number"), (True, "is not a number"), ("1 0", "is not a number"),
        ("−5", "is not a number"), ("(100)", "is not a number"), ([1, 2], "a goal has one target"),
        ({"q1": 5}, "a goal has one target"), ("9" * 4000, "is not a number below 10^18"),
    ):  # fmt: skip
        yield Case(f"value {str(written)[:12]}", says, "value", {"target": {"value": written}})
    for written, says, line in (
        ("1e308", "'1e308' is not a number below 10^18", 2), ("NaN", "'NaN' is not a number", 2),
        ("-Infinity", "is not a number", 2), ("lots", "'lots' is not a number", 2), ("１２", "the digits 0-9", 2),
        ('"1,200.50"', "without thousands separators", 2), ("1,200.50", "a comma in a number?", 2),
        ("¥5", "leave the currency out", 2), ("10000000000000000000", "below 10^18", 2), ("", "must be filled", 2),
    ):  # fmt: skip
        yield of_csv(f"csv {written}", says, f"{LONG}e1,2026-01-01,{written}\n", line)
    for name, target, says in (
        ("range of one", {"range": [1]}, "a range is two numbers"), ("range upside down", {"range": [9, 1]}, "from the lower"),
        ("range of words", {"range": ["a", "b"]}, "'a' is not a number"), ("range NaN", {"range": [1, ".nan"]}, "is not a number"),
    ):  # fmt: skip
        at = "target" if "upside" in name else "- " if "not a number" in says else "range"
        yield Case(name, says, at, {"target": target})
    yield Case("minutes", "1:30 is read as another number", "mark", added="mark: 1:30\n")
    yield Case("octal", "010 is read as another number", "mark", added="mark: 010\n")
    yield Case("5,000 digits", "is no such day or number", "mark", added=f"mark: {'9' * 5000}\n")


def of_the_kpi() -> Iterator[Case]:
    low_up = {"target": {"value": 0.5, "floor": 0.6}}
    for name, says, said in (
        ("count below 0", "new_customers counts: it is never less than nothing", COUNTS | {"target": {"value": -1}}),
        ("count floor below 0", "-2 is below 0", COUNTS | {"target": {"value": 5, "floor": -2}}),
        ("count range below 0", "-2 is below 0", COUNTS | {"target": {"range": [-2, 5]}}),
        ("minutes below 0", "-2 is below 0", MINUTES | {"target": {"value": -2}, "period": MONTHS}),
        ("floor above", "floor 0.6 is above the target 0.5: of win_rate more is better", SHARES | low_up),
        ("stretch below", "stretch 0.4 is below the target 0.5", SHARES | {"target": {"value": 0.5, "stretch": 0.4}}),
        ("floor below, down", "floor 20 is below the target 28: of first_response_time less is better",
         MINUTES | {"target": {"value": 28, "floor": 20}, "period": MONTHS}),
        ("stretch above, down", "stretch 40 is above the target 28",
         MINUTES | {"target": {"value": 28, "stretch": 40}, "period": MONTHS}),
        ("floor above, change", "floor 5% is above the target 3%", {"target": BASE | {"change": "3%", "floor": "5%"}}),
        ("points of money", "is no share: say the change in %", {"target": BASE | {"change": "2pp"}}),
    ):  # fmt: skip
        yield Case(name, says, "target", said)
    yield Case("count below 0 in a revision", "-1 is below 0", "  target:", COUNTS | revised(target={"value": -1}))
    yield of_csv("csv count below 0", "-7 is below 0", f"{LONG}e1,2026-01-01,1\ne2,2026-01-01,-7\n", 3, **COUNTS)
    yield of_csv("csv floor above", "floor 9 is above", "unit_id,period_start,target,floor\ne1,2026-01-01,1,9\n", 2)
    yield Case(
        "csv of a step below 0", "-7 is below 0", "probe.csv:2",
        COUNTS | {"cascade": [{"to": "region", "by": "file", "file": "probe.csv"}]},
        {"probe.csv": f"{LONG}north,2026-01-01,-7\n"},
    )  # fmt: skip
    for name, says, at, said in (
        ("unknown KPI", "unknown KPI won_amuont (did you mean won_amount?)", "kpi", {"kpi": "won_amuont"}),
        ("no level of the KPI", "is not computed at level rep", "level", {"kpi": "employee_sat", "scope": {"level": "rep"}}),
        ("no grain of the KPI", "is not computed by month", "grain", {"kpi": "employee_sat", "period": MONTHS}),
        ("no cut of the KPI", "is not cut by weather", "cut", {"scope": {"level": "company", "cut": {"weather": ["x"]}}}),
        ("sum of a ratio", "accumulate: sum would split win_rate", "accumulate", SHARES | {"accumulate": "sum"}),
        ("ratio over-assigned", "does not add up over units", "by: even",
         SHARES | {"cascade": [{"by": "even", "to": "region", "over_assign": "5%"}]}),
    ):  # fmt: skip
        yield Case(name, says, at, said)


def of_the_target() -> Iterator[Case]:
    for name, says, at, target in (
        ("two targets", "exactly one of value, range, change", "target", {"value": 1, "range": [1, 2]}),
        ("value and file", "exactly one of value, range, change", "target", {"value": 1, "file": "probe.csv"}),
        ("no target", "exactly one of value, range, change", "target", {}),
        ("change without sign", "'3' is not a change such as 3%", "target", BASE | {"change": "3"}),
        ("change in words", "'3 percent' is not a change", "target", BASE | {"change": "3 percent"}),
        ("full-width change", "is not a change", "target", BASE | {"change": "３%"}),
        ("change below all", "-101% of the base is less than nothing", "change", BASE | {"change": "-101%"}),
        ("change without base", "base and change go together", "target", {"change": "3%"}),
        ("base of a dream", "target.base", "base", {"base": "best_year", "change": "3%"}),
        ("floor in points", "said as the change is", "target", BASE | {"change": "3%", "floor": "1pp"}),
        ("formula of itself", "the target of won_amount cannot stand on itself", "formula", {"formula": "goal(won_amount)"}),
        ("formula of no KPI", "unknown KPI wom_amount", "formula", {"formula": "goal(wom_amount) + 1"}),
        ("formula of no goal", "there is none", "formula", {"formula": "goal(new_customers)"}),
        ("formula of SQL", "is no sum of numbers", "formula", {"formula": "(select 1)"}),
        ("formula of two statements", "is no sum", "formula", {"formula": "goal(x); drop table goals"}),
        ("formula of a file", "is no sum of numbers", "formula", {"formula": "goal(x) + read_text('/etc/passwd')"}),
        ("formula of Jinja", "formula", "formula", {"formula": "{{ env_var('KPI_CANARY') }} * goal(x)"}),
        ("formula too deep", "is no formula", "formula", {"formula": f"{'(' * 90}goal(x){')' * 90}"}),
        ("formula too long", "longer than 200", "formula", {"formula": "goal(x)" + " + 1" * 60}),
        ("formula beyond all", "not below 10^18", "formula", {"formula": f"goal(x) * {10**17} * {10**17}"}),
        ("formula by 0", "is no sum of numbers", "formula", {"formula": "goal(x) / 0"}),
        ("no such source", "is no enabled system that feeds goal_figures", "source", {"source": "erp"}),
    ):  # fmt: skip
        said = {"target": target} | ({"period": MONTHS} if "source" in target else {})
        yield Case(name, says, at, said)
    formula = {"kpi": "new_customers", "target": {"formula": "goal(won_amount)"}}
    yield Case("formulas of each other", "no formula itself", "formula", {"target": {"formula": "goal(new_customers)"}},
               others=(other(**formula),))  # fmt: skip
    yield Case("formulas of each other's revisions", "no formula itself", "formula",
               revised(target={"formula": "goal(new_customers)"}),
               others=(other(**COUNTS, **revised(target={"formula": "goal(won_amount)"})),))  # fmt: skip
    for name, path in (
        ("file above", "../probe.csv"), ("file at the root", "/etc/passwd.csv"), ("file on Windows", "..\\probe.csv"),
        ("file of no kind", "probe.txt"), ("file of a long name", "x" * 300 + ".csv"), ("file with a line", "a\nb.csv"),
        ("file of Jinja", "{{ x }}"), ("file of SQL", "' or 1=1 --"),
    ):  # fmt: skip
        yield Case(name, "lies beside the goal: give its name alone", "file", {"target": {"file": path}})
    yield Case("file that is not there", "no such file. Next: create it", "probe.csv", OF_REPS)


def of_the_shape() -> Iterator[Case]:
    step = {"to": "rep", "by": "headcount"}
    file = {"to": "rep", "by": "file", "file": "probe.csv"}
    for name, says, at, said in (
        ("unknown owner", "owner vp_sale is nobody in people.yml (did you mean vp_sales?)", "owner", {"owner": "vp_sale"}),
        ("no owner", "field owner is missing", "", {"owner": None}),
        ("unknown level", "scope.level", "level", {"scope": {"level": "planet"}}),
        ("unit of no name", "a unit is named by its id", "unit", {"scope": {"level": "team", "unit": " "}}),
        ("unit on two lines", "a unit is named by its id", "unit", {"scope": {"level": "team", "unit": "a\nb"}}),
        ("cut of nothing", "names its values, each once", "cut", {"scope": {"level": "team", "cut": {"source": [""]}}}),
        ("ends before", "to 2025-12-31 lies before from 2026-01-01", "to:", {"period": PERIOD | {"to": "2025-12-31"}}),
        ("begins on the 2nd", "is not the first day of a quarter", "from:", {"period": PERIOD | {"from": "2026-01-02"}}),
        ("begins as 445 does", "a 445 calendar too calls a period", "from:", {"period": PERIOD | {"from": "2025-12-29"}}),
        ("ends in between", "to 2026-11-30 is not the last day of a quarter", "to:", {"period": PERIOD | {"to": "2026-11-30"}}),
        ("year 26", "lies outside of 1990 to 2100", "from:", {"period": PERIOD | {"from": "0026-01-01"}}),
        ("for ever", "lies outside of 1990 to 2100", "to:", {"period": PERIOD | {"to": "9999-12-31"}}),
        ("90 years", "30 years at the most", "to:", {"period": PERIOD | {"to": "2099-12-31"}}),
        ("by week", "period.grain", "grain", {"period": PERIOD | {"grain": "week"}}),
        ("quarter of another year", "starts no quarter of the company", "from:",
         {"period": PERIOD | {"from": "2026-02-01", "to": "2027-01-31"}}),
        ("unknown field", "unknown field owners (did you mean owner?)", "owners", {"owners": "x"}),
        ("over goals", "pipeline_coverage itself stands on targets", "kpi:",
         {"kpi": "pipeline_coverage", "target": {"value": 3}}),
        ("not built", "alerts is not built yet", "alerts", {"alerts": []}),
        ("viewers nobody", "viewers santa is nobody in people.yml", "santa", {"viewers": ["manager", "santa"]}),
        ("phasing of two", "each of the 12 months its share", "phasing", {"phasing": [0.5, 0.5]}),
        ("serves nobody", "which is no goal with horizon: long", "serves", {"serves": "the_king"}),
        ("thresholds NaN", "thresholds.green", "green", {"thresholds": {"green": float("nan")}}),
        ("cascade upwards", "team is not below rep", "to: team", {"cascade": [step, {"to": "team", "by": "even"}]}),
        ("a step twice", "rep is not below rep", "to: rep", {"cascade": [step, step]}),
        ("cascade to the top", "nothing is above the company", "to: company", {"cascade": [{"to": "company", "by": "even"}]}),
        ("ramp of 2", "ramp 0: 2 is no month up to 120 with a share", "ramp", {"cascade": [step | {"ramp": {0: 2}}]}),
        ("ramp NaN", "cascade.0.ramp", "0:", {"cascade": [step | {"ramp": {0: float("nan")}}]}),
        ("ramp of month 999", "is no month up to 120", "ramp", {"cascade": [step | {"ramp": {999: 1}}]}),
        ("roles of a file", "roles are for by: headcount and even", "to: rep", {"cascade": [file | {"roles": ["sales_rep"]}]}),
        ("over-assigned five times", "over_assign 500% is no share from 0% to 100%", "over_assign",
         {"cascade": [step | {"over_assign": "500%"}]}),
        ("over-assigned 5", "over_assign 5 is no share", "over_assign", {"cascade": [step | {"over_assign": 5}]}),
        ("over_assign of a file", "the file says its own sum", "to: rep", {"cascade": [file | {"over_assign": "5%"}]}),
        ("bottom-up with a target", "leave the target out", "cascade", {"cascade": [file | {"by": "bottom_up"}]}),
        ("revision outside", "2027-01-01 starts no quarter of this goal", "from: '2027", revised(**{"from": "2027-01-01"})),
        ("revision between", "starts no quarter of this goal", "from: '2026-07-02", revised(**{"from": "2026-07-02"})),
        ("revision of nobody", "approved_by santa is nobody in people.yml", "approved_by", revised(approved_by="santa")),
        ("revision without reason", "revisions.0.reason", "''", revised(reason={"zh": "", "en": ""})),
        ("revision in words", "'lots' is not a number", "value: lots", revised(target={"value": "lots"})),
        ("too many targets", "one goal has 100,000 at the most", "scope",
         {"scope": {"level": "team", "cut": {"source": [str(n) for n in range(30_000)]}}}),
    ):  # fmt: skip
        yield Case(name, says, at, said)
    yield Case(
        "quarter of a year from April", "whose year starts in month 2", "from:", company={"fiscal_year_start": 2}
    )
    yield Case("id twice", "is also defined in", "id: other", others=(other(), other() | {"folder": "2027"}))
    for word in (*SQL, "Probe", "探针", "select", "", "x" * 100):
        yield Case(f"id {word[:20]}", "id", "id:", {"id": word})
    for word in SQL:
        yield Case(f"cut {word}", "is not cut by", "cut", {"scope": {"level": "team", "cut": {word: ["x"]}}})
        yield Case(f"owner {word}", "is nobody in people.yml", "owner", {"owner": word})
        yield Case(f"kpi {word}", "unknown KPI", "kpi", {"kpi": word})


def driven(*more: dict[str, Any], **said: Any) -> dict[str, Any]:
    """A goal whose first driver is wrong as `said`, and those below it."""
    sound = {"kpi": "new_customers", "level": "company", "grain": "quarter", "per": "won_amount", "ratio": 4}
    return {"drivers": [sound | said, *(sound | one for one in more)]}


def of_drivers() -> Iterator[Case]:
    chain = ["new_customers", "valid_visits", "follow_ups", "leads_created", "won_customers"]
    steps = [{"kpi": kpi, "per": above} for above, kpi in pairwise(chain)]
    for name, says, at, said in (
        ("driver unknown", "unknown KPI new_customer (did you mean new_customers?)", "kpi: new_customer", driven(kpi="new_customer")),
        ("driver hostile", "drivers: unknown KPI", "kpi: '{{", driven(kpi="{{ 1 }}")),
        ("driver of another level", "the goal has no targets for rep, only for company", "level: rep", driven(level="rep")),
        ("driver of no level", "drivers.0.level", "level: planet", driven(level="planet")),
        ("driver by month", "the goal is by quarter, and so are its drivers", "grain: month", driven(grain="month")),
        ("driver is the goal", "won_amount is the goal's own KPI", "kpi: won_amount", driven(kpi="won_amount")),
        ("driver twice", "new_customers stands twice for company", "kpi: new_customers", driven({})),
        ("driver of itself", "per new_customers is neither the goal's KPI", "per: new_customers", driven(per="new_customers")),
        ("driver before its parent", "per follow_ups is neither", "per: follow_ups", driven({"kpi": "follow_ups"}, per="follow_ups")),
        ("drivers five deep", "more than 4 stand one above another", "per: leads_created", driven(*steps)),
        ("driver is a rate", "win_rate is no sum and no count", "kpi: win_rate", driven(kpi="win_rate")),
        ("driver is better when lower", "must be good the same way", "per: won_amount", driven(kpi="complaints")),
        ("driver not by that grain", "sales_growth_mom is not computed by quarter", "grain: quarter", driven(kpi="sales_growth_mom")),
        ("drivers of a rate", "drivers need a goal whose targets add up", "drivers", SHARES | driven(per="win_rate")),
        ("drivers of a cut", "a goal of a cut has none", "drivers",
         {"scope": {"level": "company", "cut": {"product_category": ["x"]}}} | driven()),
        ("ratio 0", "a ratio is a number above 0", "ratio: 0", driven(ratio=0)),
        ("ratio below 0", "a ratio is a number above 0", "ratio: -4", driven(ratio=-4)),
        ("ratio of nothing", "a ratio is a number above 0", "ratio:", driven(ratio="")),
        ("ratio too small", "a ratio is a number above 0 (at the least 1E-12)", "ratio: 1", driven(ratio="1e-13")),
        ("ratio too large", "is not a number below 10^18", "ratio:", driven(ratio="1e18")),
        ("ratio NaN", "'nan' is not a number", "ratio: .nan", driven(ratio=float("nan"))),
        ("ratio in words", "'trailing_5_quarters' is not a number; or write trailing_4_quarters", "ratio: trailing",
         driven(ratio="trailing_5_quarters")),
        ("ratio twice", "is not a number", "ratio:", driven(ratio=[1, 2])),
        ("driver with more", "unknown field drivers.0.ratios", "ratios", driven(ratios=4)),
    ):  # fmt: skip
        yield Case(name, says, at, said)


def of_yaml() -> Iterator[Case]:
    laughs = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True))
    for name, says, added in (
        ("bomb", "anchors and aliases are not allowed", f"a: &a [x]\n{laughs}"),
        ("alias", "anchors and aliases are not allowed", "mark: &x 1\n"),
        ("tag", "is not allowed", "mark: !!python/object/apply:os.system ['id']\n"),
        ("key twice", "the key kpi stands here twice", "kpi: mark\n"),
        ("depth", "nested deeper than 20", f"mark: {'[' * 400}{']' * 400}\n"),
        ("many values", "more than 50,000 values", f"mark: [{'0,' * 900_000}]\n"),
        ("no such day", "2026-02-30 is no such day or number", "mark: 2026-02-30\n"),
        ("open quote", "not valid YAML", 'mark: "x\n'),
    ):
        yield Case(f"yaml {name}", says, "&" if name == "bomb" else "" if name == "open quote" else "mark", added=added)
    yield Case("yaml of 3 MB", "larger than 2,000,000 bytes", "probe.yml", added=f"mark: {'x' * 3_000_000}\n")
    yield Case("many wrong words", "phasing", "phasing", {"phasing": ["x"] * 40_000})


def of_csv_files() -> Iterator[Case]:
    yield of_csv("csv empty", "is empty: the first row names the columns", "", 1)
    yield of_csv("csv of a header", "holds no target", LONG, 1)
    yield of_csv("csv of empty cells", "holds no target", "unit_id,2026-Q1,2026-Q2\ne1,,\n", 1)
    yield of_csv("csv column missing", "column target is missing", "unit_id,period_start\n", 1)
    yield of_csv("csv no unit_id", "column unit_id is missing (did you mean unit?)", "unit,period_start,target\n", 1)
    yield of_csv("csv unknown column", "unknown column bonus", "unit_id,period_start,target,bonus\n", 1)
    yield of_csv("csv column twice", "column unit_id stands twice", "unit_id,unit_id,target\n", 1)
    yield of_csv("csv period twice", "e1 has two targets for 2026-01-01", "unit_id,2026-Q1,2026-01\ne1,1,2\n", 2)
    yield of_csv("csv month 13", "unknown column 2026-13", "unit_id,2026-13\ne1,1\n", 1)
    yield of_csv("csv month of a quarter", "2026-02 starts no quarter", "unit_id,2026-02\ne1,1\n", 1)
    yield of_csv("csv outside", "2027-01-01 starts no quarter of probe", f"{LONG}e1,2027-01-01,1\n", 2)
    yield of_csv("csv 445 day", "2025-12-29 starts no quarter of probe", f"{LONG}e1,2025-12-29,1\n", 2)
    yield of_csv("csv text date", "'1 Jan 2026' is no day such as 2026-01-01", f"{LONG}e1,1 Jan 2026,1\n", 2)
    yield of_csv("csv slashes", "'2026/1/1' is no day", f"{LONG}e1,2026/1/1,1\n", 2)
    yield of_csv("csv unit twice", "e1 has two targets for 2026-01-01; the other stands in row 2",
                 f"{LONG}e1,2026-01-01,1\ne2,2026-01-01,1\ne1,2026-01-01,2\n", 4)  # fmt: skip
    yield of_csv("csv no unit", "unit_id and target must be filled", f"{LONG},2026-01-01,1\n", 2)
    yield of_csv("csv other unit", "e2 is not e1, the unit of the goal", f"{LONG}e1,2026-01-01,1\ne2,2026-01-01,1\n", 3,
                 scope={"level": "rep", "unit": "e1"})  # fmt: skip
    mixed = "unit_id,period_start,target,currency\ne1,2026-01-01,1,\ne2,2026-01-01,1,EUR\ne3,2026-01-01,1,USD\n"
    yield of_csv("csv currencies", "a target is in the company's currency", mixed, 3)
    yield of_csv("csv cell too many", "has 4 cells, the header 3", f"{LONG}e1,2026-01-01,1,9\n", 2)
    yield of_csv("csv row cut off", "has 2 cells, the header 3", f"{LONG}e1,2026-01-01,1\ne2,2026-01-0", 3)
    yield of_csv("csv cell of no column", "under a column without a name", "unit_id,2026-Q1,\ne1,1,2\n", 2)
    yield of_csv("csv open quote", "not a CSV from here on", f'{LONG}e1,2026-01-01,1\n"e2,2026-01-01,1\n', 3)
    yield of_csv("csv null byte", "holds a sign that cannot be seen", f"{LONG}e1\0,2026-01-01,1\n", 2)
    yield of_csv(
        "csv after a long cell", "'x' is not a number", 'unit_id,# note,2026-Q1\n"e1","a\nb",1\n"e2","a\nb",x\n', 4
    )
    yield of_csv("csv of a phone book", "not UTF-8", LONG.encode() + "客,2026-01-01,1\n".encode("gbk"), None)
    yield of_csv("csv semicolons", "column unit_id is missing", "unit_id;period_start;target\ne1;2026-01-01;1\n", 1)
    yield of_csv("csv cut value", "cut_value x must be one", "unit_id,cut_value,2026-Q1\ne1,x,1\n", 2)
    yield of_csv("csv of 6 MB", "larger than 5,000,000 bytes", LONG + "e1,2026-01-01,1\n" * 400_000, None)
    yield of_csv("csv of many wrong rows", "the 100th wrong row", LONG + "e1,2026-01-01,x\n" * 90_000, 101)
    yield of_csv("csv of many columns", "500 columns", "unit_id" + ",# x" * 2_000 + "\n", 1)
    good = "".join(f"e{n},2026-01-01,1\n" for n in range(99_000))
    yield of_csv("csv wrong at its very end", "'x' is not a number", f"{LONG}{good}last,2026-01-01,x\n", 99_002)


def of_workbooks() -> Iterator[Case]:
    head = ["unit_id", "2026-01", "2026-04"]
    yield of_book("book formula", "sheet Targets, row 3: '=B2*2' is not a number: it is a formula",
                  book(head, ["e1", 1, 2], ["e2", "=B2*2", 1]), 3)  # fmt: skip
    array = book(head, ["e1", 1, 2], also=lambda at: at.__setitem__("B2", ArrayFormula("B2", "=SUM(C2:C2)")))
    yield of_book("book array formula", "sheet Targets, row 2: '=SUM(C2:C2)' is not a number", array, 2)
    yield of_book("book formula for a unit", "is a formula; write the unit's id", book(head, ["=A9", 1, 2]), 2)
    yield of_book(
        "book Chinese sheet", "sheet 目标, row 2: '一百' is not a number", book(head, ["e1", "一百"], title="目标"), 2
    )
    yield of_book("book text date", "row 2: '1 Jan 2026' is no day",
                  book(["unit_id", "period_start", "target"], ["e1", "1 Jan 2026", 1]), 2)  # fmt: skip
    yield of_book("book serial date", "row 2: '46023' is no day",
                  book(["unit_id", "period_start", "target"], ["e1", 46023, 1]), 2)  # fmt: skip
    yield of_book("book empty", "sheet Targets, row 1: is empty", book(), 1)
    yield of_book("book of a header", "sheet Targets, row 1: holds no target", book(head), 1)
    yield of_book("book merged header", "name each column, and merge no cells",
                  book(head, ["e1", 1, 2], also=lambda at: at.merge_cells("B1:C1")), 2)  # fmt: skip
    yield of_book("book title above", "row 1: column unit_id is missing", book(["Targets 2026"], head, ["e1", 1, 2]), 1)
    yield of_book("book column twice", "row 1: column 2026-01 stands twice", book(["unit_id", "2026-01", "2026-01"]), 1)
    yield of_book("book unknown column", "row 1: unknown column 2026-1", book(["unit_id", "2026-01", "2026-1"]), 1)
    yield of_book("book unit twice", "row 3: e1 has two targets", book(head, ["e1", 1, 2], ["e1", 3]), 3)
    yield of_book("book error value", "row 2: '#N/A' is not a number", book(head, ["e1", "#N/A", 2]), 2)
    yield of_book("book true", "row 2: 'True' is not a number", book(head, ["e1", True, 2]), 2)
    yield of_book("book beyond all", "row 2: '1e+308' is not a number below", book(head, ["e1", 1e308, 2]), 2)
    yield of_book("book that is a CSV", "not an Excel workbook", LONG.encode() * 10)
    yield of_book("book of nothing", "not an Excel workbook", b"")
    yield of_book("book cut off", "not an Excel workbook", book(head, ["e1", 1, 2])[:-900])
    yield of_book("book with a password", "protected by a password", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
    yield of_book("book without its parts", "not an Excel workbook", zipped(parts(sheet(row(2, text("A2", "e1"))))))
    one = row(2, number("A2", "1"))
    yield of_book("book that unfolds", "more than a table of targets", workbooks.book(one * 300_000))
    yield of_book(
        "book of many cells",
        "sheet Targets, row 24001: holds more than",
        book(head, *([f"e{n}", 1, 2] for n in range(27_000))),
        24_001,
    )
    many = [["unit_id", *(f"2026-{n:02}" for n in range(1, 13))], *([f"e{n}", *range(12)] for n in range(5_300))]
    yield Case("book wrong at its very end", "row 5302: 'x' is not a number", "probe.xlsx:5302",
               OF_A_BOOK | {"period": MONTHS}, {"probe.xlsx": book(*many, ["last", "x"])})  # fmt: skip
    lying = claiming(workbooks.book(one * 200_000), "xl/worksheets/sheet1.xml", 10_000)
    yield of_book("book that lies", "another size than the workbook says", lying)


def cases() -> list[Case]:
    groups = (numbers, of_the_kpi, of_the_target, of_the_shape, of_drivers, of_yaml, of_csv_files, of_workbooks)
    return [case for group in groups for case in group()]
