"""Hostile KPI definitions, more than five hundred: what may stand in no field of a KPI file.

Belongs here: sound definitions, payloads, and where each payload goes. Does not: what must come of them
(test_kpi_injection.py).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, NamedTuple

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
