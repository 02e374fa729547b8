"""The words of `kpi goals check` in both languages: per kind of finding what was found, and the next step."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pipelines.model.goal.smart import Finding
from pipelines.publish import format as shown
from pipelines.publish.words import LEVELS, Words


class Told(NamedTuple):
    """What was found and what to do next, with the names of facts in braces."""

    finding: Words
    next_step: Words


FOUND = {
    "unit_unknown": Told(
        Words("自 {start} 起没有已发布的{level}：{unit}（共 {count} 个）",
              "no {level} {unit} is published from {start} on (such units: {count})"),
        Words("改正编号，或去掉该组织", "correct the id, or take the unit out"),
    ),
    "same_target": Told(
        Words("{other} 对同样的{level}与期间也设了 {count} 个目标值，其中 {different} 个不同",
              "{other} sets {count} targets for the same units ({level}) and periods, {different} of them differ"),
        Words("若其一取代另一个，写成修订；若从属于长期目标，写 serves",
              "if one replaces the other, write a revision; if it leads to a long goal, say serves"),
    ),
    "no_target": Told(
        Words("截至 {as_of} 的运行没有它的任何目标值", "the run as of {as_of} has no target of it"),
        Words("kpi run", "kpi run"),
    ),
    "no_figure": Told(
        Words("{level}：最近一年的 {asked} 个数值中没有一个可评判",
              "{level}: none of {asked} figures of the last year can be judged"),
        Words("kpi show {kpi} --level {level_id} --grain {grain}；数据可得后再设目标",
              "kpi show {kpi} --level {level_id} --grain {grain}; set it once there are data"),
    ),
    "seldom_judged": Told(
        Words("{level}：最近一年的 {asked} 个数值中只有 {ok} 个可评判（{share}）；无数据 {no_data}，"
              "样本太少 {small_sample}，保护隐私 {suppressed}",
              "{level}: {ok} of {asked} figures of the last year could be judged ({share}); no data {no_data}, "
              "few cases {small_sample}, hidden {suppressed}"),
        Words("补齐数据，或改用更长的期间、更高的层级", "mend the data, or take longer periods or a higher level"),
    ),
    "blocked": Told(
        Words("{level}：最新的 {newest} 个数值中有 {blocked} 个因数据检查被停用",
              "{level}: {blocked} of the {newest} newest figures are held back by checks of the data"),
        Words("kpi quarantine list", "kpi quarantine list"),
    ),
    "too_high": Told(
        Words("{level}：{asked} 个未完成的目标值中有 {count} 个高于历史；如 {unit_id} {period}：要求 {ask}，"
              "{whose}最近 {changes} 次同比中最好为 {best}",
              "{level}: {count} of {asked} open targets ask for more than history had; {unit_id}, {period}, asks for "
              "{ask}: in the last {changes} like-for-like changes {whose} the best was {best}"),
        Words("说明与去年有何不同，或降低目标值", "say what is different this time, or ask for less"),
    ),
    "too_low": Told(
        Words("{level}：{asked} 个未完成的目标值中有 {count} 个低于历史；如 {unit_id} {period}：只要求 {ask}，"
              "{whose}最近 {changes} 次同比中最差为 {weakest}",
              "{level}: {count} of {asked} open targets ask for less than history had; {unit_id}, {period}, asks for "
              "{ask}: in the last {changes} like-for-like changes {whose} the weakest was {weakest}"),
        Words("提高目标值，或说明预期会变差的原因", "ask for more, or say what will be worse this time"),
    ),
    "no_history": Told(
        Words("{level}：{asked} 个未完成的目标值中有 {count} 个无从对照历史：只有 {changes} 次同比，至少要 {fewest} 次",
              "{level}: {count} of {asked} open targets have no history to stand beside: {changes} like-for-like "
              "changes, {fewest} are needed"),
        Words("批准时写明为何可以达到", "write down why it can be reached: kpi goals approve {goal_id} --reason"),
    ),
    "unserved": Told(
        Words("{business_goal} 的指标中没有 {kpi}，它也不从属于长期目标",
              "{business_goal} does not name {kpi} among its KPIs, and it serves no long goal"),
        Words("在 business_goals.yml 中列出该指标，或写 serves", "name the KPI in business_goals.yml, or say serves"),
    ),
    "seldom_moves": Told(
        Words("{kpi} 只在 {share} 的月份与 {business_goal} 同向变化",
              "{kpi} moved with {business_goal} in only {share} of the months"),
        Words("换一个指标或业务目标：kpi goals review {goal_id}",
              "another KPI, or another goal of the business: kpi goals review {goal_id}"),
    ),
    "over_when_recorded": Told(
        Words("{last} 已结束，{recorded} 才生效", "it ended on {last} and came in force on {recorded}"),
        Words("改设将来的期间，或 kpi goals withdraw {goal_id}",
              "give it a period to come, or kpi goals withdraw {goal_id}"),
    ),
    "too_long": Told(
        Words("短期目标历时 {months} 个月，超过 {longest} 个月",
              "a short goal that runs for {months} months, more than {longest}"),
        Words("写 horizon: long，并每年设一个从属的短期目标",
              "say horizon: long, and let a short goal a year serve it"),
    ),
    "outside_of_plan": Told(
        Words("期间为 {first} 至 {last}，而 {other} 为 {plan_first} 至 {plan_last}",
              "it runs from {first} to {last}, {other} from {plan_first} to {plan_last}"),
        Words("让它的期间落在长期目标之内", "let its period lie within that of the long goal"),
    ),
}  # fmt: skip
OWN, OF_LEVEL = Words("自身", "of its own"), Words("同层级", "of its level")


def told(finding: Finding, language: str) -> tuple[str, str]:
    """The finding and the next step in a language, zh or en."""
    facts = {name: _said(name, value, finding.facts, language) for name, value in finding.facts.items()}
    facts["level_id"] = finding.facts.get("level", "")
    if "is_own" in finding.facts:
        facts["whose"] = getattr(OWN if finding.facts["is_own"] else OF_LEVEL, language)
        facts["period"] = getattr(shown.period(finding.facts["grain"], finding.facts["period_start"]), language)
    found = FOUND[finding.kind]
    return getattr(found.finding, language).format(**facts), getattr(found.next_step, language).format(**facts)


def _said(name: str, value: Any, facts: Any, language: str) -> str:
    if name == "level":
        return str(getattr(LEVELS[value], language))
    if name in ("ask", "best", "weakest") and value is not None:
        return str(getattr(_change(value, facts["unit"]), language))
    if isinstance(value, Decimal):
        return shown.share(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _change(value: Decimal, unit: str) -> Words:
    """A change as smart_figures.Ask has it: of a score it is a difference of points."""
    if unit != "points":
        return shown.change(value, unit)
    sign = "+" if value > 0 else ""
    text = sign + shown.fixed(value, 1).replace("-", "−")
    return Words(f"{text} 分", f"{text} points")
