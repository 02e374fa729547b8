"""Types of columns from all their values, tried with the very expressions of the load (cast.py).

Belongs here: candidate types, the one that fits, other readings that fit as well. Does not: names (words.py).

A sample of rows spread over the file strikes out what most values are not; what is left is counted over every value.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipelines.extract import cast
from pipelines.extract.cast import literal
from pipelines.extract.contract import Column
from pipelines.extract.draft import words
from pipelines.extract.draft.sample import Sample

SPREAD = 2_000  # rows of the first look
SHOWN = 300  # different values a column's candidate dates are read from
AT_ONCE = 60  # counts in one query: 500 of a wide table took 1.8 GB of patterns
NEARLY = 0.98  # a type that fits so many is meant; the load sets aside the others, as it would a typing mistake
WIDE = "decimal(38,10)"
SEPARATORS = [",", ".", "'", " ", "\u00a0", "’"]
PLAUSIBLE = "between 1900 and 2199"  # years; %Y reads 01/09/21 as the year 21
MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"


class Typed(NamedTuple):
    """What a column is, and what it may be instead."""

    type: str
    format: str | None = None
    thousands: str | None = None
    nulls: tuple[str, ...] = ()
    filled: int = 0  # values that are neither blank nor one of nulls
    misfits: int = 0  # of these, values that are not of the type
    is_instant: bool = False  # every value carries an offset
    doubts: tuple[str, ...] = ()


class _Try(NamedTuple):
    type: str
    format: str | None = None
    thousands: str | None = None

    def column(self, place: int, nulls: tuple[str, ...]) -> Column:
        kind = WIDE if self.type == "decimal" else self.type
        return Column.model_validate(
            {
                "name": f"c{place}",
                "type": kind,
                "format": self.format,
                "thousands": self.thousands,
                "nulls": list(nulls),
            }
        )

    def expression(self, place: int, nulls: tuple[str, ...]) -> str:
        column = self.column(place, nulls)
        return cast.typed(column, cast.delivered(column, "VARCHAR"), "VARCHAR", "UTC")

    def fits(self, place: int, nulls: tuple[str, ...]) -> str:
        said = self.expression(place, nulls)
        return f"year({said}) {PLAUSIBLE}" if self.type in ("date", "timestamp") else f"({said}) is not null"


def infer(sample: Sample) -> list[Typed]:
    """One Typed a column, in order."""
    nulls = _nulls(sample)
    step = max(1, sample.rows // SPREAD)
    sample.con.execute(f"create or replace temp table spread as select * from sample where rowid % {step} = 0")
    texts = [place for place, kind in enumerate(sample.types) if kind == "VARCHAR"]
    tries = {place: _candidates(_shown(sample, place, nulls[place])) for place in texts}
    first = _counts(sample, "spread", tries, nulls)
    left = {p: [t for t in some if first[p, t] >= 0.9 * first[p, None]] for p, some in tries.items()}
    told = _counts(sample, "sample", left, nulls)
    found: dict[int, Typed] = {}
    for place in texts:
        counts = {one: told[place, one] for one in left[place]}
        found[place] = _settled(sample, place, nulls[place], counts, told[place, None])
    _same_order_of_days(found)
    return [found[p] if p in found else _typed(sample, p, kind) for p, kind in enumerate(sample.types)]


def _nulls(sample: Sample) -> list[tuple[str, ...]]:
    """Per column the words for no value that stand in it; those only a typed column counts come last."""
    said = words.vocabulary()["nulls"]
    known = [*said["always"], *said["typed"]]
    listed = ", ".join(literal(word) for word in known)
    texts = [place for place, kind in enumerate(sample.types) if kind == "VARCHAR"]
    if not texts:
        return [()] * len(sample.types)
    # A bit a word: `list(distinct …)` of 80 columns took 1.8 GB.
    bits = " ".join(f"when {literal(word)} then {1 << place}" for place, word in enumerate(known))
    (row,) = sample.con.execute(
        "select "
        + ", ".join(f"bit_or(case c{p} {bits} else 0 end) filter (c{p} in ({listed}))" for p in texts)
        + " from sample"
    ).fetchall()
    found = dict(zip(texts, row, strict=True))
    return [
        tuple(word for bit, word in enumerate(known) if (found.get(place) or 0) >> bit & 1)
        for place in range(len(sample.types))
    ]


def _shown(sample: Sample, place: int, nulls: tuple[str, ...]) -> list[str]:
    rows = sample.con.execute(f"select distinct trim(c{place}) from spread where trim(c{place}) <> '' limit {SHOWN}")
    return [value for (value,) in rows.fetchall() if value not in nulls]


def _candidates(values: list[str]) -> list[_Try]:
    """Types that the look of some values allows."""
    if not values:
        return []
    some = [value.lower() for value in values]
    # One such value is enough to try: where few others are different, few different ones are shown.
    found = [_Try("boolean")] if any(value in (*cast.TRUE, *cast.FALSE) for value in some) else []
    if any(re.fullmatch(r"[+-]?[\d.,'’ \u00a0]*\d[\d.,'’ \u00a0]*(e[+-]?\d+)?", value) for value in some):
        found += [_Try("integer"), _Try("decimal"), _Try("double")]
        marks = [mark for mark in SEPARATORS if any(mark in value for value in some)]
        # A comma may part the cents as well: that is written with the point as the separator of thousands.
        found += [_Try("decimal", None, m) for m in marks] + ([_Try("decimal", None, ".")] if marks == [","] else [])
    return [*dict.fromkeys(found), *_dates(some)]


def _dates(some: list[str]) -> list[_Try]:
    found: dict[_Try, None] = {}
    if any(re.match(r"\d{4}-\d", value) for value in some):
        found |= {_Try("date"): None, _Try("timestamp"): None}
    if any(re.fullmatch(r"\d{1,2}:\d\d(:\d\d.*)?", value) for value in some):
        found[_Try("time")] = None
    for value in some:
        for form in _forms(value):
            clock = "%H" in form or "%I" in form
            found[_Try("timestamp" if clock else "date", form)] = None
    return list(found)


def _forms(value: str) -> list[str]:
    """The strptime forms a lower-case text may be a date in."""
    match = re.fullmatch(r"(.*?\d)([ t]+)(\d{1,2}:\d\d)(:\d\d)?(\.\d+)?( ?[ap]m)?", value)
    clock = ""
    if match:
        hour = "%I:%M" if match[6] else "%H:%M"
        clock = match[2].upper() + hour + (":%S" if match[4] else "") + (".%f" if match[5] else "")
        clock += (" %p" if match[6][0] == " " else "%p") if match[6] else ""
    day = match[1] if match else value
    return [f"{form}{clock}" for form in _day_forms(day)]


def _day_forms(day: str) -> list[str]:
    if re.fullmatch(r"(19|20)\d{6}", day):
        return ["%Y%m%d"]
    if re.fullmatch(r"\d{4}年\d{1,2}月\d{1,2}日", day):
        return ["%Y年%m月%d日"]
    if m := re.fullmatch(r"\d{4}([/.])\d{1,2}\1\d{1,2}", day):
        return [f"%Y{m[1]}%m{m[1]}%d"]
    if m := re.fullmatch(r"\d{1,2}([/.\-])\d{1,2}\1(\d{4}|\d\d)", day):
        year, mark = "%Y" if len(m[2]) == 4 else "%y", m[1]
        forms = [f"%d{mark}%m{mark}{year}", f"%m{mark}%d{mark}{year}"]
        return forms if year == "%Y" else [*forms, f"%y{mark}%m{mark}%d"]
    if m := re.fullmatch(rf"\d{{1,2}}([ \-]){MONTHS}([a-z]*)\1(\d{{4}}|\d\d)", day):
        return [f"%d{m[1]}{'%B' if m[2] else '%b'}{m[1]}{'%Y' if len(m[3]) == 4 else '%y'}"]
    if m := re.fullmatch(rf"{MONTHS}([a-z]*) \d{{1,2}}(,?) \d{{4}}", day):
        return [f"{'%B' if m[1] else '%b'} %d{m[2]} %Y"]
    return []


Counts = dict[tuple[int, _Try | None], int]


def _counts(sample: Sample, table: str, tries: dict[int, list[_Try]], nulls: list[tuple[str, ...]]) -> Counts:
    """How many values each candidate fits, and under None how many there are, in one pass."""
    asked: list[tuple[int, _Try | None]] = []
    said = []
    for place, some in tries.items():
        given = cast.delivered(_Try("date").column(place, nulls[place]), "VARCHAR")
        asked.append((place, None))
        said.append(f"count({given})")
        for one in some:
            asked.append((place, one))
            said.append(f"count(*) filter ({one.fits(place, nulls[place])})")
    counts: list[int] = []
    for first in range(0, len(said), AT_ONCE):
        some_of_them = ", ".join(said[first : first + AT_ONCE])
        counts += sample.con.execute(f"select {some_of_them} from {table}").fetchall()[0]
    return dict(zip(asked, counts, strict=True))


def _settled(sample: Sample, place: int, nulls: tuple[str, ...], counts: dict[_Try, int], filled: int) -> Typed:
    plain = tuple(word for word in nulls if word in words.vocabulary()["nulls"]["always"])
    best = max(counts.values(), default=0)
    text = Typed("text", nulls=plain, filled=filled)
    if not filled or best < NEARLY * filled or not counts:
        return text._replace(doubts=_why_text(sample, place, filled))
    fitting = [one for one, count in counts.items() if count == best]
    chosen = _first(fitting)
    if chosen.type in ("integer", "decimal", "double") and (why := _not_a_number(sample, place, filled, chosen, nulls)):
        return text._replace(doubts=(why,))
    kind, others = chosen.type, _other_readings(sample, place, nulls, chosen, fitting)
    if kind == "decimal":
        kind = _decimal(sample, place, nulls, chosen)
    doubts = others + (
        (f"{filled - best:,} of {filled:,} values are not so; the load sets them aside",) if best < filled else ()
    )
    instant = kind == "timestamp" and not chosen.format and _is_instant(sample, place)
    return Typed(kind, chosen.format, chosen.thousands, nulls, filled, filled - best, instant, doubts)


ORDER = ["date", "timestamp", "time", "integer", "decimal", "boolean", "double"]


def _first(fitting: list[_Try]) -> _Try:
    """The narrowest; of two orders of the day the one with the day first, unless the clock has am and pm."""

    def rank(one: _Try) -> tuple[int, bool, bool, int]:
        form = one.format or ""
        american = "%p" in form
        return (ORDER.index(one.type), form.startswith("%y"), form.startswith("%d") == american, bool(one.thousands))

    return min(fitting, key=rank)


def _other_readings(
    sample: Sample, place: int, nulls: tuple[str, ...], chosen: _Try, fitting: list[_Try]
) -> tuple[str, ...]:
    """Readings that fit every value too and say something else."""
    if chosen.format == "%Y%m%d":
        return ("or an integer of 8 digits",) if _Try("integer") in fitting else ()
    rivals = [o for o in fitting if o != chosen and o.type == chosen.type and (o.format or chosen.type == "decimal")]
    said = []
    for rival in rivals:
        if (rival.format or "").startswith("%y"):
            continue  # nobody writes 02/03/04 with the year first where another reading fits
        a, b = chosen.expression(place, nulls), rival.expression(place, nulls)
        ((differ,),) = sample.con.execute(f"select count(*) from sample where ({a}) <> ({b})").fetchall()
        if differ:
            mine, other = (
                r.format or (f"thousands {r.thousands!r}" if r.thousands else "a decimal point")
                for r in (chosen, rival)
            )
            said.append(f"{mine} or {other}? both fit every value")
    return tuple(said)


def _words(one: _Try) -> str:
    return one.format or (f"thousands {one.thousands!r}" if one.thousands else "a decimal point")


def _same_order_of_days(found: dict[int, Typed]) -> None:
    """Where the order of day and month is open, that of another column of the file decides, and is said."""
    sure = {_order(t.format) for t in found.values() if t.format and not t.doubts} - {""}
    for place, typed in found.items():
        if not typed.format or not any("both fit" in doubt for doubt in typed.doubts) or len(sure) != 1:
            continue
        (wanted,) = sure
        mark = typed.format[2]
        head = typed.format[:8]
        swapped = f"{head[3:5]}{mark}{head[:2]}{head[5:]}" + typed.format[8:]
        form = typed.format if _order(typed.format) == wanted else swapped
        found[place] = typed._replace(format=form, doubts=(*typed.doubts, "taken as in the file's other dates"))


def _order(form: str | None) -> str:
    return {"%d": "day first", "%m": "month first"}.get((form or "")[:2], "")


def _not_a_number(sample: Sample, place: int, filled: int, chosen: _Try, nulls: tuple[str, ...]) -> str:
    """Why digits stay text: zeros in front, or more digits than a number holds."""
    # Zeros in front with a point or a comma behind the first digit (0.5) are of numbers.
    ((zeros, long),) = sample.con.execute(
        f"select count(*) filter (regexp_matches(trim(c{place}), '^[+-]?0[0-9]')), max(length(trim(c{place})))"
        f" filter (regexp_full_match(trim(c{place}), '[+-]?[0-9]+')) from sample"
    ).fetchall()
    if zeros:
        return f"digits with zeros in front ({zeros:,} of {filled:,}) are kept as text"
    return "" if (long or 0) <= (18 if chosen.type == "integer" else 38) else "more digits than a number holds"


def _decimal(sample: Sample, place: int, nulls: tuple[str, ...], chosen: _Try) -> str:
    """decimal(18,2) where that holds every value, else as wide as needed; above 9 places it is a double."""
    mark = "," if chosen.thousands == "." else "."
    value = chosen.expression(place, nulls)
    ((scale, most),) = sample.con.execute(
        f"select max(length(rtrim(split_part(trim(c{place}), {literal(mark)}, 2), '0')))"
        f" filter (({value}) is not null), max(abs({value})) from sample"
    ).fetchall()
    return decimal_type(int(scale or 0), len(str(int(most or 0))))


def decimal_type(scale: int, whole: int) -> str:
    """The contract's type for so many digits behind and before the point."""
    if scale > 9:
        return "double"
    scale = max(scale, 2)
    return f"decimal({min(38, max(18, whole + scale))},{scale})"


def _is_instant(sample: Sample, place: int) -> bool:
    ((all_zoned,),) = sample.con.execute(
        f"select coalesce(bool_and(regexp_matches(trim(c{place}), '(Z|[+-][0-9]{{2}}:?[0-9]{{2}})$')), false)"
        f" from spread where trim(c{place}) <> ''"
    ).fetchall()
    return bool(all_zoned)


def _why_text(sample: Sample, place: int, filled: int) -> tuple[str, ...]:
    ((percent, money),) = sample.con.execute(
        f"select count(*) filter (regexp_full_match(trim(c{place}), '[+-]?[0-9.,]+ ?[%％]')), count(*) filter"
        f" (regexp_full_match(trim(c{place}), '[+-]?([$€£¥￥]|CNY|RMB|USD|EUR|GBP) ?[+-]?[0-9.,]+')) from spread"
    ).fetchall()
    if percent and percent >= 0.5 * min(filled, SPREAD):
        return (
            "percentages, kept as text: entities.fields can say cast(replace(field, '%', '') as decimal(18,4)) / 100",
        )
    if money and money >= 0.5 * min(filled, SPREAD):
        return ("amounts with a sign of currency, kept as text: ask for plain numbers",)
    return ()


def _typed(sample: Sample, place: int, kind: str) -> Typed:
    """A column of Parquet, which says its type itself."""
    ((filled,),) = sample.con.execute(f"select count(c{place}) from sample").fetchall()
    if kind.startswith(("DECIMAL", "DATE", "BOOLEAN")) or kind == "TIME":
        return Typed(kind.lower(), filled=filled)
    if kind.startswith("TIMESTAMP"):
        return Typed("timestamp", filled=filled, is_instant="ZONE" in kind)
    if (kind.endswith("INT") and kind not in ("HUGEINT", "UHUGEINT", "UBIGINT")) or kind in ("INTEGER", "UINTEGER"):
        return Typed("integer", filled=filled)
    if kind in ("DOUBLE", "FLOAT"):
        ((odd, most),) = sample.con.execute(
            f"select count(*) filter (cast(try_cast(c{place} as decimal(38,4)) as {kind}) is distinct from c{place}"
            f" and c{place} is not null), max(abs(c{place})) from sample"
        ).fetchall()
        return Typed("double" if odd else decimal_type(4, len(str(int(most or 0)))), filled=filled)
    return Typed("text", filled=filled)
