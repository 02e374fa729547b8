"""The words of the boards in both languages.

Belongs here: fixed words, and readable names for what CRMs usually call stages, reasons and kinds. Does not: labels
of KPIs and units (published), words the page has already (publish/words.py).
"""

from __future__ import annotations

from pipelines.publish.words import Words, plain

BOARD_WORDS: dict[str, Words] = {
    "revenue": Words("签约与回款", "Revenue"),
    "funnel": Words("销售漏斗", "Funnel"),
    "pipeline": Words("在途商机", "Pipeline"),
    "activity": Words("销售活动", "Activity"),
    "service": Words("服务", "Service"),
    "revenue_lead": Words(
        "签约与回款的实际、应达进度与达成，按组织与月份。",
        "What was signed and collected, held against its target, by unit and month.",
    ),
    "funnel_lead": Words(
        "各阶段的商机有多少向前推进，流失在哪里、因为什么。",
        "How many deals move on from each stage, where they are lost, and why.",
    ),
    "pipeline_lead": Words(
        "手上有多少商机、值多少、哪些停滞不前。", "What is open, what it is worth, and what stands still."
    ),
    "activity_lead": Words("谁拜访、跟进了多少，换来了什么结果。", "Who visits and follows up, and what comes of it."),
    "service_lead": Words(
        "工单的进出与积压、响应与解决的快慢、客户是否满意。",
        "Tickets in and out, how fast they are answered and solved, and how satisfied customers are.",
    ),
    "of_unit": Words("范围", "Of"),
    "this_month": Words("本月", "This month"),
    "this_quarter": Words("本季", "This quarter"),
    "this_year": Words("本年", "This year"),
    "versus_previous": Words("环比", "vs month before"),
    "versus_year": Words("同比", "vs last year"),
    "due": Words("应达", "Due by now"),
    "reached": Words("达成", "Attained"),
    "total": Words("合计", "Total"),
    "by_month": Words("按月", "By month"),
    "by_unit": Words("按组织", "By unit"),
    "unit": Words("组织", "Unit"),
    "cumulative": Words("本年累计", "Year to date"),
    "actual": Words("实际", "Actual"),
    "target": Words("目标", "Target"),
    "year_before": Words("去年", "Last year"),
    "landing": Words("预计落点", "Expected landing"),
    "months_13": Words("近13个月", "Last 13 months"),
    "so_far": Words("至今", "to date"),
    "stage": Words("阶段", "Stage"),
    "left_stage": Words("离开", "Left"),
    "moved_on": Words("推进", "Moved on"),
    "not_moved_on": Words("输单或退回", "Lost or back"),
    "conversion": Words("转化率", "Conversion"),
    "quarter_before": Words("上季", "Quarter before"),
    "open_now": Words("当前在手", "Open now"),
    "most_lost": Words("流失最多", "Most lost here"),
    "new_leads": Words("新线索", "New leads"),
    "won": Words("赢单", "Won"),
    "reasons": Words("输单原因", "Why deals are lost"),
    "reason": Words("原因", "Reason"),
    "no_reason": Words("未填原因", "No reason given"),
    "share": Words("占比", "Share"),
    "deals": Words("商机数", "Deals"),
    "conversion_by_unit": Words("各组织的阶段转化率", "Stage conversion by unit"),
    "stages_in_order": Words(
        "阶段按近12个月离开的商机数由多到少排列。",
        "Stages stand in the order of how many deals left them in the last 12 months.",
    ),
    "reads_funnel": Words(
        "「{0}」流失最多：{1} 单离开，{2} 单未能推进。",
        "Most is lost in {0}: of {1} deals that left it, {2} did not move on.",
    ),
    "open_by_stage": Words("各阶段在途商机", "Open deals by stage"),
    "open_history": Words("近13个月末的在途商机数", "Open deals at the end of the last 13 months"),
    "open_deals": Words("在途商机", "Open deals"),
    "weighted": Words("加权金额", "Weighted value"),
    "coverage": Words("覆盖率", "Coverage"),
    "stalled": Words("停滞", "Stalled"),
    "stalled_title": Words("停滞商机", "Stalled deals"),
    "stalled_lead": Words(
        "在当前阶段停留的天数超过近一年九成商机的，共 {} 单。",
        "{} deals stay in their stage longer than nine in ten did in the last year.",
    ),
    "no_stalled": Words("没有停滞的商机。", "No deal stands still."),
    "of_open": Words("占在途", "Of open"),
    "longest": Words("最长停留（天）", "Longest (days)"),
    "median_over": Words("超出天数（中位）", "Days over (median)"),
    "deal": Words("商机", "Deal"),
    "customer": Words("客户", "Customer"),
    "since": Words("进入日期", "Since"),
    "in_stage": Words("停留（天）", "Days in stage"),
    "usual": Words("常规（天）", "Usual days"),
    "longest_deals": Words("超出最多的商机", "Those farthest over"),
    "owner_of_deal": Words("负责人", "Owner"),
    "and_more": Words("另有 {} 项未列出。", "and {} more."),
    "and_more_people": Words("另有 {} 人未列出。", "and {} more people."),
    "by_person": Words("按人员", "By person"),
    "person": Words("人员", "Person"),
    "team": Words("团队", "Team"),
    "visits": Words("拜访客户", "Customers visited"),
    "by_kind": Words("跟进活动", "Follow-ups"),
    "result": Words("结果", "Result"),
    "behind_first": Words("落后者在前。", "Those behind stand first."),
    "none_title": Words("本月没有活动", "No activity this month"),
    "none_lead": Words(
        "近12个月有过拜访或跟进、本月一次也没有的人。",
        "Had visits or follow-ups in the last 12 months and none this month.",
    ),
    "none_nobody": Words("本月人人都有活动。", "Everybody had some this month."),
    "call": Words("电话", "Calls"),
    "mail": Words("邮件", "Mails"),
    "meeting": Words("会议", "Meetings"),
    "visit": Words("拜访", "Visits"),
    "task": Words("任务", "Tasks"),
    "tickets_in": Words("新建工单", "Tickets in"),
    "tickets_done": Words("关闭工单", "Tickets closed"),
    "backlog": Words("月末未结", "Open at month end"),
    "in_and_out": Words("工单进出与积压", "Tickets in, closed and open"),
    "by_team": Words("按团队", "By team"),
    "indicator": Words("指标", "KPI"),
    "trend": Words("近13个月", "13 months"),
    "no_figures": Words("这里没有这些指标的数据。", "There are no figures for these KPIs here."),
    "not_published": Words("贵公司未启用的指标：{}", "Not among this company’s KPIs: {}"),
    "legend_warn": Words("数据有疑问，仍计入", "data with doubts, still counted"),
    "legend_all_warn": Words("本表数据均有疑问，仍计入", "all of these numbers are from data with doubts"),
    "legend_blocked": Words("来源数据停用，修复前不显示数值", "a source is held back; no number until it is mended"),
    "legend_small_sample": Words("灰色斜体：样本太少", "grey italics: few cases"),
    "legend_suppressed": Words("为保护隐私不显示", "hidden for privacy"),
    "short_blocked": Words("待修复", "held back"),
    "short_suppressed": Words("保密", "hidden"),
    "unassigned": Words("未分配", "Unassigned"),
}

# What a CRM's own words are called; a company's own stand as it wrote them.
SAID: dict[str, Words] = {
    "contact": Words("初步接触", "Contact"),
    "qualified": Words("需求确认", "Qualified"),
    "proposal": Words("方案报价", "Proposal"),
    "negotiation": Words("商务谈判", "Negotiation"),
    "price": Words("价格", "Price"),
    "competitor": Words("竞争对手", "Competitor"),
    "no response": Words("客户无回应", "No response"),
    "budget cancelled": Words("预算取消", "Budget cancelled"),
    "technical misfit": Words("技术不符", "Technical misfit"),
    "call": BOARD_WORDS["call"],
    "mail": BOARD_WORDS["mail"],
    "meeting": BOARD_WORDS["meeting"],
    "visit": BOARD_WORDS["visit"],
    "task": BOARD_WORDS["task"],
}


def said(word: str) -> Words:
    """A value of a cut as people read it; one in Latin letters gets a capital in English."""
    known = SAID.get(word.strip().lower())
    return known or (plain(word) if word.isascii() else Words(word, word))
