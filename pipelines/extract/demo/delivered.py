"""What each system delivers: its own table and column names, its own words for things.

Belongs here: one SELECT a delivered table, over the business tables of crm.py, erp.py and desk.py. Does not: the
format of the files (write.py), what is wrong in them (dirt.py). Columns here = columns of sources/<system>.yml.
"""

from __future__ import annotations

STAMP = "'%Y-%m-%d %H:%M:%S'"
STAGES = "['初步接触', '需求确认', '方案报价', '商务谈判']"


def _held(day: str, seat: str = "t.seat") -> str:
    """Joins who holds the seat on a day."""
    return f"left join seats as s on s.seat = {seat} and ({day})::date between s.since and s.until"


def _utc(column: str) -> str:
    return f"strftime({column} - interval 8 hour, '%Y-%m-%dT%H:%M:%SZ')"


CRM = {
    "customers": f"""
        select customer_id as 客户编号, name as 客户名称,
            credit_code(if(region_id = 'region_east', '91310115MA', '91440106MA') || lpad(n::text, 7, '0'))
                as 统一社会信用代码,
            industry as 行业, size as 规模,
            if(times = 6, 'A', if(times = 3, 'B', 'C')) as 等级,
            if(region_id = 'region_east', '华东', '华南') as 大区, source as 来源, employee_id as 负责人编号,
            if(churned is null, '正常', '停用') as 状态, strftime(clock(came, u(n, 'created')), {STAMP}) as 创建时间,
            strftime(clock(coalesce(churned, came), u(n, 'created')), {STAMP}) as 更新时间
        from customers as t {_held("coalesce(churned, business_date())")} order by n""",
    "contacts": f"""
        select contact_id as 联系人编号, customer_id as 客户编号, name as 姓名, phone as 手机, email as 邮箱,
            wechat as 微信号, strftime(created_at, {STAMP}) as 创建时间, strftime(created_at, {STAMP}) as 更新时间
        from contacts order by contact_id""",
    "leads": f"""
        select lead_id as 线索编号, strftime(created_at, {STAMP}) as 创建时间, source as 来源,
            employee_id as 负责人编号, if(is_converted, '已转化', if(is_junk, '无效', '跟进中')) as 状态,
            strftime(converted_at, {STAMP}) as 转化时间, customer_id as 客户编号, deal_id as 商机编号,
            strftime(coalesce(converted_at, created_at), {STAMP}) as 更新时间
        from leads as t {_held("coalesce(converted_at, created_at)")} order by lead_id""",
    "deals": f"""
        select t.deal_id as 商机编号, t.customer_id as 客户编号, s.employee_id as 负责人编号,
            v.product_no as 产品编号, l.lead_id as 线索编号,
            case t.status when 'won' then '赢单' when 'lost' then '输单' when 'void' then '作废'
                else {STAGES}[now.stage_order] end as 阶段,
            format('{{:,.2f}}', v.amount::double) as 金额,
            strftime(t.created_at, {STAMP}) as 创建时间, strftime(t.planned_close_at, '%Y-%m-%d') as 预计成交日期,
            strftime(t.closed_at, '%Y-%m-%d') as 关闭日期, t.loss_reason as 输单原因,
            strftime(coalesce(t.closed_at, now.entered_at), {STAMP}) as 更新时间
        from deals as t inner join deal_values as v using (n)
        left join leads as l on l.deal_id = t.deal_id
        inner join (select n, max(entered_at) as entered_at, arg_max(stage_order, j) as stage_order from deal_stages
            group by n) as now using (n)
        {_held("coalesce(t.closed_at, business_date())")} order by n""",
    "deal_stages": f"""
        select t.deal_id as 商机编号, strftime(entered_at, {STAMP}) as 进入时间, {STAGES}[t.stage_order] as 阶段,
            t.stage_order as 阶段序号, strftime(t.left_at, {STAMP}) as 离开时间, moved as 去向,
            employee_id as 负责人编号, t.customer_id as 客户编号, v.product_no as 产品编号, v.amount::text as 金额,
            strftime(coalesce(t.left_at, entered_at), {STAMP}) as 更新时间
        from deal_stages as t inner join deal_values as v using (n) {_held("entered_at")} order by t.n, j""",
    "contracts": f"""
        select t.contract_id as 合同编号, t.customer_id as 客户编号, t.deal_id as 商机编号, employee_id as 负责人编号,
            p.product_no as 产品编号, t.signed_date::text as 签订日期, t.start_date::text as 开始日期,
            t.end_date::text as 结束日期, t.amount::text as 合同金额,
            case approval when 'approved' then '已批准' when 'pending' then '审批中' when 'rejected' then '已驳回'
                else '已作废' end as 审批状态,
            strftime(submitted_at, {STAMP}) as 提交时间, strftime(decided_at, {STAMP}) as 审批时间,
            renews_contract_id as 续签合同编号, strftime(coalesce(decided_at, submitted_at), {STAMP}) as 更新时间
        from contracts as t inner join planned_contracts as p using (n) {_held("t.signed_date")} order by n""",
    "activities": f"""
        select activity_id as 活动编号, kind as 类型, employee_id as 负责人编号, customer_id as 客户编号,
            deal_id as 商机编号, strftime(planned_at, {STAMP}) as 计划时间, strftime(due_at, {STAMP}) as 截止时间,
            strftime(done_at, {STAMP}) as 完成时间, strftime(entered_at, {STAMP}) as 录入时间,
            if(has_check_in, '是', '否') as 是否签到, note_length as 备注字数, outcome as 结果
        from activities as t {_held("coalesce(done_at, planned_at)")} order by draw""",
    "employees": """
        select employee_id as 工号, name as 姓名, unit_id as 部门编号, manager_id as 上级工号, role as 岗位,
            hired::text as 入职日期, "left"::text as 离职日期, valid_from::text as 生效日期, valid_to::text as 失效日期
        from employees order by employee_id, valid_from""",
    "org_units": """
        select unit_id as 部门编号, parent_id as 上级部门编号, level as 层级, zh as 中文名称, en as 英文名称,
            valid_from::text as 生效日期, null::text as 失效日期
        from units order by all""",
}

ERP = {
    "products": """
        select product_no, name as description, category, unit_cost, list_price, if(is_active, 'Y', 'N') as active
        from products order by product_number""",
    "orders": f"""
        select order_no, t.customer_id as customer_no, employee_id as salesperson, channel, deal_id as deal_no,
            contract_id as contract_no, order_date, promised_date, delivered_date, status, amount_gross,
            (amount_gross - amount_net)::decimal(18, 2) as discount, amount_net, changed_at
        from orders as t {_held("order_date")} order by order_no""",
    "order_lines": f"""
        select t.order_no, l.line_no, l.product_no, l.quantity, l.unit_price, l.amount_net, l.unit_cost, t.order_date,
            t.customer_id as customer_no, employee_id as salesperson, t.channel, t.status, t.changed_at
        from planned_lines as l inner join orders as t using (draw) {_held("order_date")} order by order_no, line_no""",
    "invoices": f"""
        select invoice_no, kind,
            case when kind = 'invoice' and paid.amount >= r.amount then 'paid' else 'issued' end as status,
            t.customer_id as customer_no, order_no, contract_id as contract_no, employee_id as salesperson,
            invoice_date, amount_net, tax,
            greatest(coalesce(paid.last_day, invoice_date), invoice_date) + interval 18 hour as changed_at
        from invoices as t
        left join (select invoice_no, sum(amount_due) as amount from receivables group by all) as r using (invoice_no)
        left join (select invoice_no, sum(amount) as amount, max(paid_date) as last_day from payments
            where status = 'approved' group by all) as paid using (invoice_no)
        {_held("invoice_date")} order by invoice_no""",
    "receivables": f"""
        select receivable_no, t.customer_id as customer_no, contract_id as contract_no, invoice_no,
            employee_id as salesperson, due_date, amount_due
        from receivables as t {_held("due_date")} order by receivable_no""",
    "payments": f"""
        select payment_no, t.customer_id as customer_no, receivable_no, invoice_no, contract_id as contract_no,
            employee_id as salesperson, paid_date, amount, status
        from payments as t {_held("paid_date")} order by payment_no""",
    "stock_levels": "select product_no, place, day, quantity, value from stock_levels order by all",
}

DESK = {
    "tickets": f"""
        select ticket_id as id, customer_id as customer, agent_id as agent, team_id as team, product_no as product,
            channel, kind, priority, status, {_utc("created_at")} as created,
            {_utc("first_response_at")} as first_reply, {_utc("first_resolved_at")} as first_solved,
            {_utc("resolved_at")} as solved,
            {_utc("reopened_at")} as reopened, {_utc("closed_at")} as closed, reopened_count as reopens,
            {_utc("response_due_at")} as reply_due, {_utc("resolution_due_at")} as solve_due,
            {_utc("updated_at")} as updated
        from tickets order by id""",
    "ticket_events": f"""
        select ticket_id as ticket, event_no as no, {_utc("moment")} as happened, kind, from_value as old,
            to_value as new, agent_id as agent, team_id as team, product_no as product, customer_id as customer
        from ticket_events order by ticket, no""",
    "surveys": f"""
        select survey_id as id, kind, customer_id as customer, ticket_id as ticket, agent_id as agent,
            product_no as product, channel, ticket_kind, {_utc("sent_at")} as sent, {_utc("answered_at")} as answered,
            score, scale_max, comment, {_utc("coalesce(answered_at, sent_at)")} as updated
        from surveys order by id""",
}

SYSTEMS = {"crm": CRM, "erp": ERP, "desk": DESK}
