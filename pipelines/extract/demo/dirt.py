"""What is wrong in the demo company's data: which kinds, how many rows, planted on purpose.

Belongs here: the kinds of dirt and how a good row becomes a bad one. Does not: which check finds it; that is in
expectations/raw_<system>/<table>.yml, or in the load, and a test holds the two together.

A row carries one kind at most, so that counts add up. Shares keep what is set aside below the 2 % that block a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb


class Kind(NamedTuple):
    """One kind of dirt: `change` is SET of an UPDATE, or REPLACE of a second, older delivery of the same row."""

    name: str
    table: str  # system_table
    key: str
    share: float  # of the rows of the table
    change: str
    where: str = "true"
    is_second_delivery: bool = False


EARLIER = "strftime(strptime(更新时间, '%Y-%m-%d %H:%M:%S') - interval 2 day, '%Y-%m-%d %H:%M:%S') as 更新时间"
UTC = "'%Y-%m-%dT%H:%M:%SZ'"
BEFORE_CREATED = f"strftime(strptime(created, {UTC}) - interval 3 hour, {UTC})"

KINDS = [
    # cannot be typed: set aside at the load
    Kind("deal_amount_untypable", "crm_deals", "商机编号", 0.004,
         "金额 = if(hash(商机编号) % 2 = 0, 'N/A', '¥5,000元')"),
    Kind("deal_closed_date_untypable", "crm_deals", "商机编号", 0.003,
         "关闭日期 = if(hash(商机编号) % 2 = 0, '待定', '2025-13-45')", "关闭日期 is not null"),
    # delivered twice: only the newer state is kept
    Kind("deal_delivered_twice", "crm_deals", "商机编号", 0.01,
         f"'商务谈判' as 阶段, null as 关闭日期, null as 输单原因, {EARLIER}", "阶段 in ('赢单', '输单')", True),
    Kind("customer_delivered_twice", "crm_customers", "客户编号", 0.01,
         f"'C' as 等级, {EARLIER}", is_second_delivery=True),
    # breaks a critical row rule: set aside by the gate
    Kind("deal_without_owner", "crm_deals", "商机编号", 0.006, "负责人编号 = null"),
    Kind("contract_amount_not_positive", "crm_contracts", "合同编号", 0.01,
         "合同金额 = if(hash(合同编号) % 2 = 0, '0.00', '-' || 合同金额)"),
    Kind("ticket_resolved_before_created", "desk_tickets", "id", 0.008,
         f"first_solved = {BEFORE_CREATED}, solved = {BEFORE_CREATED}", "solved is not null and reopened is null"),
    Kind("survey_score_above_scale", "desk_surveys", "id", 0.01,
         "score = scale_max + 1 + (hash(id) % 3)::int", "score is not null"),
    Kind("stage_left_before_entered", "crm_deal_stages", "商机编号 || 进入时间", 0.01,
         "离开时间 = strftime(strptime(进入时间, '%Y-%m-%d %H:%M:%S') - interval 1 day, '%Y-%m-%d %H:%M:%S')",
         "离开时间 is not null"),
    # breaks a warning: reported, not set aside
    Kind("deal_stage_unknown", "crm_deals", "商机编号", 0.008,
         "阶段 = if(hash(商机编号) % 2 = 0, '待跟踪', 'Pending')", "阶段 not in ('赢单', '输单', '作废')"),
    Kind("deal_owner_not_an_employee", "crm_deals", "商机编号", 0.008, "负责人编号 = 'E9' || right(商机编号, 2)"),
    Kind("lead_source_missing", "crm_leads", "线索编号", 0.04, "来源 = null"),
    Kind("activity_entered_before_done", "crm_activities", "活动编号", 0.03,
         "录入时间 = strftime(strptime(完成时间, '%Y-%m-%d %H:%M:%S') - interval 1 day, '%Y-%m-%d %H:%M:%S')",
         "完成时间 is not null"),
    Kind("contact_phone_malformed", "crm_contacts", "联系人编号", 0.04,
         "手机 = if(hash(联系人编号) % 2 = 0, left(手机, 9), '0755-' || right(手机, 7))"),
    Kind("order_customer_unknown", "erp_orders", "order_no", 0.015, "customer_no = 'X' || right(order_no, 6)"),
    Kind("order_line_product_unknown", "erp_order_lines", "order_no || '-' || line_no", 0.04,
         "product_no = 'Z-' || lpad((hash(order_no) % 40)::text, 3, '0')"),
    Kind("payment_receivable_unknown", "erp_payments", "payment_no", 0.015, "receivable_no = 'R' || receivable_no"),
    Kind("event_agent_not_an_employee", "desk_ticket_events", "ticket || '-' || no", 0.02,
         "agent = 'E9' || right(ticket, 2)"),
]  # fmt: skip


def plant(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Spoils rows of the delivered tables; returns {kind: rows planted}, at least 1 of each."""
    con.execute("create table planted (kind text, table_name text, id text)")
    for kind in KINDS:
        total = con.execute(f"select count(*) from {kind.table}").fetchall()[0][0]
        con.execute(
            f"""insert into planted
                select $kind, $table, {kind.key} from {kind.table}
                where {kind.where} and {kind.key} not in (select id from planted where table_name = $table)
                order by hash({kind.key}, $kind), {kind.key} limit $rows""",
            {"kind": kind.name, "table": kind.table, "rows": max(1, round(kind.share * total))},
        )
    for kind in KINDS:
        chosen = f"{kind.key} in (select id from planted where kind = '{kind.name}')"
        if kind.is_second_delivery:
            con.execute(f"insert into {kind.table} select * replace ({kind.change}) from {kind.table} where {chosen}")
        else:
            con.execute(f"update {kind.table} set {kind.change} where {chosen}")
    counts = con.execute("select kind, count(*) from planted group by kind").fetchall()
    return {kind.name: dict(counts).get(kind.name, 0) for kind in KINDS}
