"""The fixed words of reports in both languages.

Belongs here: titles, headings, sentences with places for values. Does not: the page's words (publish/words.py), what a
rule advises (kpi_definitions/report_rules.yml), labels of KPIs and units (those are published).
"""

from __future__ import annotations

from pipelines.publish.words import QUALITY, STATUS, Words

__all__ = ["LEADS", "QUALITY", "SECTIONS", "STATUS", "VERDICTS", "W", "say"]

SECTIONS: dict[str, Words] = {
    "attainment": Words("目标达成", "Goals"),
    "changes": Words("变化", "What changed"),
    "contributors": Words("变化来自哪里", "Where the change comes from"),
    "units": Words("各单位目标达成", "Goals by unit"),
    "landing": Words("预计落点", "Where it lands"),
    "activities": Words("活动量", "Activities"),
    "stalled": Words("停滞的商机", "Stalled deals"),
    "scorecards": Words("记分卡", "Scorecards"),
    "drivers": Words("目标的驱动因素", "What drives the goals"),
    "coverage": Words("后续储备", "What is in the pipe"),
    "trend": Words("全年走势", "The course of the year"),
    "growth": Words("增长", "Growth"),
    "reviews": Words("指标评审", "Review of the KPIs"),
    "problems": Words("问题", "Problems"),
    "suggestions": Words("建议", "Suggestions"),
    "quality": Words("数据说明", "Trust in the numbers"),
}

LEADS: dict[str, Words] = {
    "changes": Words(
        "未结束的期间只与以往期间的相同部分（同样多的工作日）比较。",
        "A running period is compared with the same part of earlier ones: as many working days.",
    ),
    "contributors": Words(
        "各行的差额相加，正好是合计的差额。", "The differences of the rows add up to that of the total, exactly."
    ),
    "units": Words(
        "各单位的差距相加即总差距；最后一行是未分解到下级的部分。",
        "The gaps of the units add up to the whole; the last row is what is not split down.",
    ),
    "suggestions": Words(
        "每条建议都注明产生它的规则；规则写在 report_rules.yml 中，可以修改。",
        "Each names the rule that produced it; rules stand in report_rules.yml and can be changed.",
    ),
    "landing": Words(
        "按过去同样进度的期间推算；区间覆盖十次中的八次。",
        "Told from earlier periods at the same point; eight in ten ended within the interval.",
    ),
    "drivers": Words(
        "每个未达成的目标，断开的是哪一个环节：活动不足，还是活动未转化。",
        "For each goal that is missed, the link that broke: too little activity, or activity that did not convert.",
    ),
    "reviews": Words(
        "与业务目标同向的月份占比（相关性）、颜色有变化的期间占比（可行动性）、达标而护栏变差的占比（激励风险）。",
        "Months that moved with the aim (relevance), colours that changed (actionability), greens whose guardrail fell "
        "(incentive risk).",
    ),
}

W: dict[str, Words] = {
    "report_month": Words("{}月报", "{}: monthly report"),
    "report_quarter": Words("{}季报", "{}: quarterly report"),
    "report_year": Words("{}年报", "{}: annual report"),
    "none": Words("无", "none"),
    "nothing": Words("本期没有可显示的内容。", "Nothing to show for this period."),
    "no_goals": Words("本期没有设定目标。", "No goals are set for this period."),
    "as_of": Words("数据截至", "Data as of"),
    "generation": Words("发布版本", "Version"),
    "state": Words("期间状态", "State of the period"),
    "running": Words("进行中：数值为至今累计", "running: figures are to date"),
    "open": Words("已结束，尚未关账：数值仍可能变化", "over, not closed: figures may still change"),
    "closed": Words("已关账：数值不再变化", "closed: figures stay"),
    "partly": Words("部分指标已关账", "closed for some of the KPIs"),
    "scope": Words("范围", "About"),
    "kpi": Words("指标", "KPI"),
    "unit": Words("单位", "Unit"),
    "actual": Words("实际", "Actual"),
    "target": Words("目标", "Target"),
    "due": Words("应达进度", "Due by now"),
    "attainment": Words("达成率", "Attained"),
    "pace": Words("进度", "Pace"),
    "status": Words("状态", "Status"),
    "gap": Words("差距", "Gap"),
    "gap_due": Words("与进度的差距", "Gap to what is due"),
    "landing": Words("预计落点", "Lands at"),
    "interval": Words("区间", "Interval"),
    "chance": Words("达成可能", "Chance"),
    "needed": Words("每工作日需要", "Needed a working day"),
    "method": Words("推算方式", "By"),
    "trend": Words("走势", "Trend"),
    "data": Words("数据", "Data"),
    "grew": Words("增长", "Growth"),
    "before": Words("上期", "Before"),
    "before_change": Words("环比", "Change"),
    "year_ago": Words("去年同期", "Year ago"),
    "year_change": Words("同比", "vs year ago"),
    "difference": Words("差额", "Difference"),
    "share_of_change": Words("占变化", "Share of change"),
    "total": Words("合计", "Total"),
    "rest": Words("未归到下级、重复或有变动", "In no unit, in several, or moved"),
    "rest_split": Words("未分解到下级", "Not split down"),
    "base_year_ago": Words("与去年同期相比", "against a year ago"),
    "base_previous": Words("与上期相比", "against the period before"),
    "this": Words("本期", "This period"),
    "then": Words("对比期", "Then"),
    "within": Words("自身变化", "Own change"),
    "mix": Words("比重变化", "Mix"),
    "by_unit": Words("{} · {}", "{} · {}"),
    "by_factor": Words(
        "比率的变化：分子与分母各占多少", "Ratios: how much by the numerator, how much by the denominator"
    ),
    "numerator": Words("分子", "Numerator"),
    "denominator": Words("分母", "Denominator"),
    "by_numerator": Words("来自分子", "By numerator"),
    "by_denominator": Words("来自分母", "By denominator"),
    "base": Words("对比", "Against"),
    "ratio_note": Words(
        "自身变化＝平均比重×比率之差，比重变化＝比重之差×（平均比率−总体平均比率），"
        "两项逐行相加即总变化（Kitagawa 1955）。",
        "Own change = mean weight × difference of rates; mix = difference of weights × (mean rate − mean rate of all); "
        "together they add up to the whole change (Kitagawa 1955).",
    ),
    "factor_note": Words(
        "来自分子＝（N₁−N₀）×（1/D₀＋1/D₁）/2；来自分母＝（1/D₁−1/D₀）×（N₀＋N₁）/2；两项之和即总变化"
        "（Bennet 1920，即两个因素的 Shapley 值）。",
        "By numerator = (N₁ − N₀) · (1/D₀ + 1/D₁) / 2; by denominator = (1/D₁ − 1/D₀) · (N₀ + N₁) / 2; together the "
        "whole change (Bennet 1920, the Shapley value of two factors).",
    ),
    "no_contributors": Words(
        "没有可以分解到下级单位或分子分母的变化。", "No change that can be traced to units or factors."
    ),
    "stage": Words("阶段", "Stage"),
    "deals": Words("商机数", "Deals"),
    "days": Words("停留天数（最长）", "Days in stage (longest)"),
    "usual": Words("常态天数", "Usual days"),
    "owner": Words("负责人", "Owner"),
    "no_stalled": Words("没有停滞的商机。", "No deal is stalled."),
    "score": Words("得分", "Score"),
    "judged": Words("可评分", "Judged"),
    "weakest": Words("最弱的指标", "Weakest"),
    "driver": Words("驱动指标", "Driver"),
    "leads_to": Words("驱动的目标", "Leads to"),
    "broken_by": Words("断在", "Broken by"),
    "people": Words("涉及单位", "Units"),
    "reached": Words("已达成", "Reached"),
    "activity": Words("活动不足", "too little activity"),
    "conversion": Words("未转化", "no conversion"),
    "no_drivers": Words("本期没有带驱动因素的目标。", "No goal of this period has drivers."),
    "monthly": Words("按月", "By month"),
    "quarterly": Words("按季度", "By quarter"),
    "last_year": Words("上一年", "Year before"),
    "this_year": Words("本年", "This year"),
    "relevance": Words("相关性", "Relevance"),
    "actionability": Words("可行动性", "Actionability"),
    "risk": Words("激励风险", "Incentive risk"),
    "proposal": Words("建议", "Proposal"),
    "reason": Words("理由", "Reason"),
    "keep": Words("保留", "keep"),
    "change": Words("调整", "change"),
    "drop": Words("停用", "drop"),
    "problem": Words("问题", "Problem"),
    "what": Words("内容", "What"),
    "who": Words("由谁处理", "Whose"),
    "p_blocked": Words("数据停用", "Held back"),
    "p_missed": Words("目标落后", "Goal behind"),
    "p_guardrail": Words("护栏变差", "Guardrail falls"),
    "p_broken_link": Words("驱动断开", "Broken link"),
    "p_stalled": Words("商机停滞", "Stalled deals"),
    "p_held_rows": Words("数据被隔离", "Rows set aside"),
    "p_failing_check": Words("检查未通过", "Check failed"),
    "p_restated": Words("关账后有变", "Restated"),
    "s_blocked": Words(
        "「{kpi}」的来源被停用，显示上一次的正确数值", "the source of {kpi} was refused; its last good value is shown"
    ),
    "s_missed": Words(
        "「{kpi}」{reached} {attainment}，差距最大：{unit}（{gap}）",
        "{kpi} {reached} {attainment}; largest gap: {unit} ({gap})",
    ),
    "s_guardrail": Words(
        "「{kpi}」达标，而「{guardrail}」比去年同期变差",
        "{kpi} is on target while {guardrail} is worse than a year ago",
    ),
    "s_activity": Words("「{kpi}」不足：{names}", "{kpi} is short: {names}"),
    "s_conversion": Words(
        "「{kpi}」已够而未转化为「{parent}」：{names}",
        "{kpi} is reached and does not become {parent}: {names}",
    ),
    "s_stalled": Words(
        "{deals} 个商机停留时间超过常态，最多的是 {names}", "{deals} deals stay longer than usual, most with {names}"
    ),
    "s_held_rows": Words(
        "{rows} 行被隔离；若计入，「{kpi}」为 {value}", "{rows} rows set aside; counting them {kpi} would be {value}"
    ),
    "s_failing_check": Words("{table}：{rows} 行不符合规则。{why}", "{table}: {rows} rows break a rule. {why}"),
    "s_restated": Words(
        "「{kpi}」有 {count} 个已关账数值如今会不同", "{count} closed figures of {kpi} would be other ones today"
    ),
    "no_problems": Words("没有需要处理的问题。", "No problem to see to."),
    "no_suggestions": Words("没有规则适用于本期。", "No rule applies to this period."),
    "rule": Words("规则", "Rule"),
    "because": Words("依据", "Because"),
    "closed_is": Words("已关账", "closed"),
    "open_is": Words("未关账", "not closed"),
    "partial_is": Words("进行中", "running"),
    "held": Words("被隔离的行", "Rows set aside"),
    "with_held": Words("若计入", "With them"),
    "restated": Words("如今的数值", "Would be today"),
    "provisional": Words(
        "{} 年的工作日为暂定：节假日安排尚不可知，进度和应达数可能变化。",
        "Working days of {} are provisional: its public holidays are not known yet, so pace and what is due may move.",
    ),
    "h_goals": Words(
        "{n} 个目标：{green} 个达标、{amber} 个关注、{red} 个落后。",
        "{n} goals: {green} on track, {amber} to watch, {red} behind.",
    ),
    "h_change": Words("「{kpi}」{value}，{base}{change}。", "{kpi}: {value}, {change} {base}."),
    "h_landing": Words(
        "「{kpi}」预计落在 {landing}，{chance} 的可能达成。",
        "{kpi} is on course to land at {landing}, {chance} likely to reach its target.",
    ),
    "h_worst": Words("「{kpi}」{reached} {attainment}。", "{kpi} {reached} {attainment}."),
    "h_data": Words("{n} 个指标因数据问题停用。", "{n} KPIs are held back for their data."),
    "reached_by": Words("达成", "reached"),
    "pace_by": Words("进度", "is at a pace of"),
    "footer": Words(
        "由 KPI 数据仓库生成；数值取自发布版本 {}。各指标的口径、算例与负责人见指标目录。",
        "Made by the KPI warehouse from version {} of what is published. The KPI catalogue has definitions, worked "
        "examples and owners.",
    ),
    "page": Words("第 {} 页，共 {} 页", "page {} of {}"),
    "attached": Words("完整报告见附件（PDF、Excel）。", "The whole report is attached (PDF, Excel)."),
    "doubts": Words("有疑问", "doubts"),
    "fine": Words("正常", "fine"),
    "stopped": Words("停用", "held back"),
    "higher": Words("另有 {} 个得分更高，未列出。", "{} with a higher score are left out."),
    "more": Words("另有 {} 项，见完整报告。", "{} more in the whole report."),
    "figures": Words("主要指标", "Key figures"),
    "overview": Words("概览", "Overview"),
    "no_data": Words("本期没有任何数值。", "There is no figure for this period."),
    "per_month": Words("按月", "by month"),
    "run_rate": Words("按已过工作日", "working days gone"),
    "seasonal": Words("按去年走势", "last year's course"),
    "pipeline": Words("按在途商机", "the open deals"),
    "full_year": Words("全年", "Year"),
    "to_date_year": Words("全年至今", "Year to date"),
}


VERDICTS = {"ok": W["fine"], "warn": W["doubts"], "blocked": W["stopped"]}  # short, for a column


def say(key: str, **values: Words | str) -> Words:
    """The words of `key` with values filled in, each language with its own."""
    return Words(
        W[key].zh.format(**{name: one if isinstance(one, str) else one.zh for name, one in values.items()}),
        W[key].en.format(**{name: one if isinstance(one, str) else one.en for name, one in values.items()}),
    )
