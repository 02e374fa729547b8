"""Why a KPI cannot be said in another form, and what is lost of one that can.

Belongs here: the words, in both languages; each is told with the KPI's name. Does not: when they apply (semantic.py).
"""

from __future__ import annotations

from pipelines.shape import Label


class Unsaid(Exception):
    """A KPI that the form cannot express; `reason` is a key of REASONS."""

    def __init__(self, reason: str, of: str = "") -> None:
        self.reason = reason
        self.of = of
        super().__init__(reason)


# Why a KPI is left out.
REASONS: dict[str, Label] = {
    "not_fed": Label(zh="没有来源提供 {}，没有表可读", en="no source feeds {}, so there is no table to read"),
    "names_period": Label(
        zh="筛选或表达式用到业务日期或期间，公式里没有这两个量",
        en="its filter or expression names the business date or the period, which no metric knows",
    ),
    "as_of_now": Label(
        zh="取业务日期当天的状态，没有时间列可归入期间",
        en="it counts rows as they are on the business date; no column puts them into a period",
    ),
    "goals": Label(zh="取目标值，公式里没有目标", en="it stands on targets, which no metric knows"),
    "small_groups": Label(
        zh="人数太少时要隐藏，度量无法做到，导出会泄露",
        en="small groups are hidden, which no metric can do: exported it would show them",
    ),
    "fiscal_periods": Label(
        zh="要与其他期间比较或累计，而公司的期间不是日历期间",
        en="it compares or adds up periods, and the company's periods are not those of the calendar",
    ),
    "open_aggregate": Label(
        zh="期末未结的中位数、最值或去重数不能由流入减流出得到",
        en="a median, extreme, average or distinct count of what is open is not what came minus what went",
    ),
    "cohort_filter": Label(
        zh="群组先经筛选，事件又在另一张表：转化度量不能只筛选群组",
        en="its cohort is filtered and its event stands in another entity: a conversion filters both or neither",
    ),
    "cohort_key": Label(
        zh="群组中多行共用同一个键：转化度量按键计数，不按行",
        en="several rows of its cohort may share a key, and a conversion counts keys",
    ),
    "window_of_states": Label(
        zh="在自带期间的表或每日状态上再开窗口累计",
        en="it adds up, over a window, an entity that has periods of its own or states of days",
    ),
    "made_of": Label(zh="由不能导出的指标 {} 构成", en="it is made of {}, which cannot be said"),
    "own_periods": Label(
        zh="业务表按月、季各存一行，没有时间的公式会把它们相加",
        en="its entity keeps a row per month and one per quarter, which an expression without time would add up",
    ),
    "time": Label(
        zh="公式没有时间：累计、期末、环比同比和群组无处表达",
        en="an expression without time cannot say what adds up over periods, stands at an end, grew or converted",
    ),
    "not_ansi": Label(
        zh="日期差没有 ANSI SQL 的通用写法",
        en="date_diff has no form in ANSI SQL that databases share",
    ),
}

# What is lost of a KPI that is exported.
LIMITS: dict[str, Label] = {
    "no_time": Label(
        zh="公式没有时间：按哪个日期归入期间只写在 custom_extensions 中",
        en="the expression has no time: which date puts a row into a period stands in custom_extensions only",
    ),
    "as_was": Label(
        zh="大区、部门、团队按发生当日的组织归属：只能按公司和人查询",
        en="regions, departments and teams are those of the day of each row: only the company and people can be asked",
    ),
    "as_is": Label(
        zh="大区、部门、团队按现在的组织归属：只能按公司和人查询",
        en="regions, departments and teams are the present ones: only the company and people can be asked",
    ),
    "not_by_person": Label(zh="不能按人查询", en="it cannot be asked by person"),
    "small_sample": Label(zh="样本太少时不作标记", en="few cases are not marked: the state small_sample is not known"),
    "bounds": Label(zh="没有置信区间", en="the bounds of the estimate are left out"),
    "versions": Label(
        zh="只有现行口径：{} 以前的期间另有口径", en="only what it means now: periods before {} meant something else"
    ),
    "immature": Label(zh="未满期的群组也计入", en="cohorts whose days have not passed are counted as well"),
    "like_for_like": Label(
        zh="进行中的期间与完整的期间相比", en="a running period is compared with the whole of the other one"
    ),
    "ignore_cut": Label(zh="切分时分母也被切分", en="cut by something, the part that is to stay whole is cut as well"),
    "long_grains": Label(zh="只有月、季、年", en="months, quarters and years only"),
    "personal": Label(
        zh="按人的数字属于个人信息，导出后不再受限",
        en="figures of people are personal; nothing keeps them from being asked",
    ),
}
