"""The words of the page in both languages.

Belongs here: fixed words and how a pair of words is marked up. Does not: labels of KPIs, units and goals (those come
from the published tables).
"""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """The same words in both languages."""

    zh: str
    en: str


WORDS: dict[str, Words] = {
    "title": Words("经营指标", "Business KPIs"),
    "as_of": Words("数据截至", "Data as of"),
    "provisional": Words(
        "{} 年的工作日为暂定：节假日安排尚不可知",
        "Working days of {} are provisional: the public holidays are not known yet",
    ),
    "generation": Words("第 {} 版", "version {}"),
    "published": Words("发布于", "published"),
    "month": Words("月", "Month"),
    "quarter": Words("季度", "Quarter"),
    "to_date": Words("至今", "to date"),
    "skip": Words("跳到正文", "Skip to content"),
    "target": Words("目标", "Target"),
    "target_to_date": Words("应达进度", "Due by now"),
    "attainment": Words("达成", "Attained"),
    "reached": Words("达成或进度", "Attained or pace"),
    "on_pace": Words("进度", "Pace"),
    "last_year": Words("同比", "vs last year"),
    "definition": Words("口径与负责人", "Definition and owner"),
    "catalogue": Words("指标目录", "KPI catalogue"),
    "in_catalogue": Words("来源、算例与全部口径", "Sources, worked example, full definition"),
    "formula": Words("公式", "Formula"),
    "owner": Words("负责人", "Owner"),
    "write_to_owner": Words("写信给负责人", "Write to the owner"),
    "steward": Words("数据负责人", "Data steward"),
    "cadence": Words("更新频率", "Updated"),
    "version": Words("口径版本", "Definition version"),
    "goal": Words("目标名称", "Goal"),
    "by_unit": Words("按组织查看", "By organisation"),
    "period": Words("期间", "Period"),
    "level": Words("层级", "Level"),
    "unit": Words("组织", "Unit"),
    "within": Words("范围", "Within"),
    "kpi": Words("指标", "KPI"),
    "all_units": Words("全公司", "Whole company"),
    "all_kpis": Words("全部指标", "All KPIs"),
    "actual": Words("实际", "Actual"),
    "status": Words("状态", "Status"),
    "quality": Words("数据质量", "Data quality"),
    "show_all": Words("显示全部", "Show all"),
    "no_rows": Words("所选范围没有数据。", "Nothing here for this choice."),
    "needs_script": Words(
        "此表需要启用脚本；上方指标卡不受影响。", "This table needs scripts; the cards above do not."
    ),
    "scorecards": Words("记分卡", "Scorecards"),
    "scorecards_lead": Words(
        "每个指标按其目标折算（达标为100%，最多计120%），再按权重合计。没有目标、数据或样本的指标不计分；"
        "可评分的权重不到四分之三时不给颜色。达标但护栏指标比去年同期变差的，标有「!」。",
        "Each KPI counts by its goal (100% is on target, at most 120%), weighed. What has no goal, no data or too few "
        "cases counts neither way; where less than three quarters of the weights can be judged there is no colour. "
        "“!” marks a KPI on target whose guardrail is worse than a year ago.",
    ),
    "score": Words("得分", "Score"),
    "covered": Words("可评分", "Judged"),
    "falls_beside": Words("护栏变差：{}", "guardrail falls: {}"),
    "quality_title": Words("数据质量", "Data quality"),
    "quality_lead": Words(
        "哪些数据被隔离或停用、由谁处理、原因是什么。", "What is set aside or held back, who looks after it, and why."
    ),
    "all_passed": Words("全部 {} 项检查均已通过。", "All {} checks passed."),
    "some_failed": Words("{} 项检查中有 {} 项未通过。", "{1} of {0} checks did not pass."),
    "table": Words("数据表", "Table"),
    "rule": Words("规则与原因", "Rule and reason"),
    "effect": Words("处理", "What happened"),
    "kpis": Words("受影响的指标", "KPIs touched"),
    "none": Words("无", "none"),
    "aside": Words("{} 行已隔离，不计入（共 {} 行）", "{} of {} rows set aside, not counted"),
    "noted": Words("{} 行有疑问，仍计入（共 {} 行）", "{} of {} rows doubtful, still counted"),
    "held": Words("整表停用，指标保留上一次的正确数值", "Table held back, KPIs keep their last good values"),
    "apart": Words("{} 个客户月不一致（共 {} 个）", "{} of {} customer-months do not agree"),
    "guarded": Words(
        "目标达成，但护栏指标「{}」比去年同期变差", "On target, but its guardrail “{}” is worse than a year ago"
    ),
    "activity": Words("{} {}，应达 {}：活动不足", "{} {} of {} due: activity"),
    "conversion": Words("{} {}，应达 {}：未转化为「{}」", "{} {} of {} due: conversion to {}"),
    "activity_of_few": Words("{} {}，应不超过 {}：超出", "{} {}, at most {} due: activity"),
    "conversion_of_few": Words("{} {}，应不超过 {}：未转化为「{}」", "{} {}, at most {} due: conversion to {}"),
    "lands": Words("预计落在 {}", "On course to land at {}"),
    "lands_between": Words("预计落在 {}（{}–{}）", "On course to land at {} ({}–{})"),
    "lands_likely": Words(
        "预计落在 {}（{}–{}），{}% 的可能达成", "On course to land at {} ({}–{}), {} % likely to reach the target"
    ),
    "run_rate": Words("按已过工作日推算", "by the working days gone"),
    "seasonal": Words("按去年同期走势推算", "as last year filled up"),
    "pipeline": Words("按在途商机推算", "with what the open deals promise"),
    "with_held": Words("已隔离 {} 行；若计入：{}", "{} rows set aside; counting them: {}"),
    "table_noted": Words("整表有疑问，仍使用", "Table doubtful, still used"),
    "not_run": Words("检查未能执行", "The check could not be run"),
    "loads_title": Words("数据加载", "Loads"),
    "loads_lead": Words("每张来源表最近一次加载的情况。", "How each source table arrived last."),
    "delivered": Words("送达行数", "Rows delivered"),
    "loaded": Words("已加载", "Loaded"),
    "set_aside": Words("已隔离", "Set aside"),
    "duplicates": Words("重复", "Duplicates"),
    "newest": Words("最新记录", "Newest record"),
    "loaded_at": Words("加载时间 (UTC)", "Loaded at (UTC)"),
    "freshness": Words("时效", "Freshness"),
    "fresh": Words("及时", "Fresh"),
    "stale": Words("过期", "Stale"),
    "headline": Words("{} 个目标：", "Goals ({}):"),
    "no_goals": Words("本期没有目标。", "No goals for this period."),
    "nothing": Words("还没有可显示的指标。", "No KPI to show yet."),
    "tab_scorecard": Words("总览", "Scorecard"),
    "tab_goals": Words("目标", "Goals"),
    "tab_quality": Words("数据质量", "Data quality"),
    "tabs": Words("页面", "Pages"),
    "language": Words("语言", "Language"),
    "find": Words("查找指标、组织或员工", "Find a KPI, unit or person"),
    "nothing_found": Words("没有找到", "Nothing found"),
    "path": Words("组织路径", "Path"),
    "below": Words("下级组织", "Units below"),
    "direct": Words("直属下级", "One level down"),
    "filter": Words("按名称筛选", "Filter by name"),
    "shown_of": Words("第 {}–{} 个，共 {} 个", "{}–{} of {}"),
    "previous": Words("上一页", "Previous"),
    "next": Words("下一页", "Next"),
    "trend": Words("趋势", "Trend"),
    "trend_hint": Words("用左右方向键逐期查看", "Left and right arrow keys go through the periods"),
    "reading_figures": Words("正在读取数据…", "Reading the figures…"),
    "old_browser": Words(
        "此浏览器版本过旧，无法展开明细；总览中的指标卡不受影响。",
        "This browser is too old for the details; the cards of the scorecard do not need them.",
    ),
    "gone": Words("链接所指的内容不在本页中。", "What this link points to is not on this page."),
    "no_series": Words("该组织没有此指标的数据。", "This unit has no figures of this KPI."),
    "no_cards": Words("该组织在本期没有可显示的指标。", "No KPI to show for this unit in this period."),
    "no_below": Words("没有下级组织。", "There are no units below."),
    "short_history": Words(
        "为控制文件大小，此层级只含最近 {} 期。", "To keep this file small, this level goes back {} periods only."
    ),
    "forecast": Words("预测区间", "Forecast range"),
    "landing": Words("预计落点", "Expected landing"),
    "figures": Words("全部数值", "All figures"),
    "hit": Words("达成概率 {}%", "{} % likely to be reached"),
    "gap": Words("差额", "Gap"),
    "needed_per_day": Words("每工作日还需", "Per working day"),
    "drivers": Words("驱动链", "Drivers"),
    "due": Words("应达", "due"),
    "ratio_of": Words("每 {}「{}」需 {}「{}」", "{2} {3} per {0} {1}"),
    "broken": Words("断点", "Broken link"),
    "broken_activity": Words("活动不足", "too little activity"),
    "broken_conversion": Words("未能转化", "does not convert"),
    "broken_below": Words("下级的断点", "Broken links below"),
    "broken_count": Words("{} 人或单位", "{} units"),
    "no_goals_here": Words("该组织没有正在执行的目标。", "No goal is running for this unit."),
    "goals_lead": Words(
        "正在执行的目标：实际对比应达进度、预计落点；目标未达时，驱动链标出断在哪一环。",
        "Goals that are running: actual beside what is due by now, where each lands, and, where one is missed, the "
        "link of its drivers that broke.",
    ),
    "goal_of": Words("目标：{}", "Goals: {}"),
    "since": Words("起始", "Since"),
    "since_now": Words("本次运行", "this run"),
    "quality_by_kpi": Words("各指标的数据质量", "Data quality by KPI"),
    "quality_by_kpi_lead": Words(
        "「数据有疑问」表示有数据被隔离或存疑；「数据停用」表示显示的是上一次的正确数值。",
        "“Data with doubts”: rows were set aside or look odd. “Data held back”: the last good value is shown.",
    ),
    "checks_failed": Words("{} 项未通过", "{} failed"),
    "quality_score": Words("质量分", "Score"),
    "clean": Words("无异常", "Nothing amiss"),
    "in_trend": Words("查看趋势", "Show its trend"),
    "more_rows": Words(
        "另有 {} 个未列出；可在下方表格中逐个查看。", "{} more are not listed; see them in the table below."
    ),
    "follow": Words("出处", "Where it comes from"),
    "footer": Words("本页不联网，内容全部在此文件中。", "This page loads nothing; all of it is in this file."),
}

STATUS: dict[str, Words] = {
    "green": Words("达标", "On track"),
    "amber": Words("关注", "Watch"),
    "red": Words("落后", "Behind"),
    "no_target": Words("无目标", "No target"),
    "not_started": Words("未开始", "Not started"),
    "no_data": Words("无数据", "No data"),
    "small_sample": Words("样本太少", "Few cases"),
    "suppressed": Words("为保护隐私不显示", "Hidden for privacy"),
    "blocked": Words("数据待修复", "Data held back"),
    "low_coverage": Words("可评分不足", "Too little judged"),
}

QUALITY: dict[str, Words] = {
    "ok": Words("数据正常", "Data checked"),
    "warn": Words("数据有疑问", "Data with doubts"),
    "blocked": Words("数据停用：显示上一次的正确数值", "Data held back: last good value shown"),
}

LEVELS: dict[str, Words] = {
    "company": Words("公司", "Company"),
    "region": Words("大区", "Region"),
    "department": Words("部门", "Department"),
    "team": Words("团队", "Team"),
    "rep": Words("员工", "Person"),
}

CADENCES: dict[str, Words] = {
    "daily": Words("每日", "daily"),
    "weekly": Words("每周", "weekly"),
    "monthly": Words("每月", "monthly"),
    "quarterly": Words("每季", "quarterly"),
    "yearly": Words("每年", "yearly"),
}

# In the order of the page. An aim a company adds itself shows under its id until its label is published.
AIMS: dict[str, Words] = {
    "raise_sales": Words("提升销售", "Raise sales"),
    "raise_market_share": Words("扩大市场份额", "Raise market share"),
    "raise_loyalty": Words("提升客户忠诚度", "Raise loyalty"),
    "raise_satisfaction": Words("提升客户满意度", "Raise satisfaction"),
    "improve_service": Words("改善服务", "Improve service"),
    "work_efficiently": Words("提高效率", "Work efficiently"),
    "trust_the_data": Words("数据可信", "Trust the data"),
}


def plain(word: str) -> Words:
    """An id as readable words, the same in both languages."""
    text = word.replace("_", " ")
    return Words(text, text[:1].upper() + text[1:])


def naming(key: str, label: Words) -> Words:
    """The words of `key` with a label in them, in each language its own."""
    return Words(WORDS[key].zh.format(label.zh), WORDS[key].en.format(label.en))
