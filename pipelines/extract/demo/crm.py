"""What the CRM knows first: customers, contacts, deals and their stages.

Belongs here: how these come about. Does not: contracts, leads and activities (crm_later.py), how the CRM writes
things down (delivered.py, write.py), what is wrong in them (dirt.py).

Order matters: `customers` and `deals` first, then what the ERP plans to deliver for each won deal (erp.py), then
`contracts` and the rest: a contract is worth what its orders add up to, and a won deal what its contract is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

# mass = how often a customer is drawn: size times the business days between its coming and its going.
CUSTOMERS = """
create table customers as
with drawn as (
    select
        n,
        'C' || lpad(n::text, 6, '0') as customer_id,
        case when u(n, 'region') < 0.56 then 'region_east' else 'region_south' end as region_id,
        case when u(n, 'size') < 0.55 then '小型' when u(n, 'size') < 0.88 then '中型' else '大型' end as size,
        pick(['生物医药', '半导体', '新能源', '高校科研', '食品检测', '环境监测', '化工', '医院'], u(n, 'industry'))
            as industry,
        pick(['展会', '官网', '转介绍', '电话', '渠道伙伴'], u(n, 'source')) as source,
        case when u(n, 'old') < 0.62
            then date '2018-03-01' + floor(u(n, 'came') * 1900)::int
            else first_day() + floor(u(n, 'came') * 1060)::int end as came,
        pick(['恒', '瑞', '华', '明', '德', '康', '安', '盛', '泰', '和', '新', '远', '鼎', '博', '创', '致', '源'],
            u(n, 'name 1')) as name_1,
        pick(['泰', '科', '达', '诚', '通', '邦', '宇', '光', '峰', '润', '捷', '思', '力', '芯', '禾', '益'],
            u(n, 'name 2')) as name_2
    from range(1, $customers + 1) as r(n)
),
seated as (
    select
        drawn.*,
        -- A seat of the sales teams; the seats of a region hold the same number of customers.
        case region_id when 'region_east' then 1 + floor(u(n, 'seat') * 13)::int
            else 14 + floor(u(n, 'seat') * 12)::int end as seat,
        case when u(n, 'gone') < 0.24 then greatest(came, first_day()) + 60 + floor(u(n, 'going') * 1100)::int end
            as gone,
        pick(if(region_id = 'region_east', ['上海', '苏州', '杭州', '南京', '无锡', '宁波', '合肥'],
            ['广州', '深圳', '东莞', '厦门', '佛山', '珠海', '南宁']), u(n, 'city')) as city
    from drawn
),
living as (
    select
        seated.*,
        homes.team,
        city || name_1 || name_2 || case industry when '高校科研' then '研究院' when '医院' then '医院'
            else industry || '有限公司' end
        || case when u(n, 'english') < 0.25 then ' (' || pick(['Hengtai', 'Ruike', 'Mingda', 'Kangcheng',
            'Xintong', 'Yuanguang', 'Borun', 'Deli'], u(n, 'english name')) || ' '
            || pick(['Bio', 'Semi', 'Energy', 'Lab', 'Tech'], u(n, 'english kind')) || ')' else '' end as name,
        case when gone <= business_date() then gone end as churned,
        case size when '大型' then 6 when '中型' then 3 else 1 end as times
    from seated inner join homes using (seat)
),
weighed as (
    select living.*, a.before as mass_from, greatest(1, b.up_to - a.before) as mass
    from living
    inner join days as a on a.day = least(greatest(came, first_day()), business_date() - 7)
    inner join days as b on b.day = coalesce(churned, business_date())
)
select *, sum(mass * times) over (order by n)::bigint as up_to, (up_to - mass * times)::bigint as before
from weighed
order by n
"""

CONTACTS = """
create table contacts as
select
    'P' || lpad((customers.n * 4 + k)::text, 7, '0') as contact_id,
    customer_id,
    pick(['王', '李', '张', '刘', '陈', '杨', '黄', '赵', '周', '吴', '徐', '孙', '林', '郭'], u(n * 4 + k, 'surname'))
    || pick(['伟', '芳', '敏', '静', '强', '磊', '洋', '艳', '勇', '娟', '涛', '明', '超', '晓燕', '志远', '文博'],
        u(n * 4 + k, 'given')) as name,
    '1' || pick(['38', '39', '50', '59', '86', '88'], u(n * 4 + k, 'net'))
    || lpad(floor(u(n * 4 + k, 'phone') * 100000000)::bigint::text, 8, '0') as phone,
    'p' || (n * 4 + k)::text || '@c' || n::text || '.example.cn' as email,
    'wx_' || (n * 4 + k)::text as wechat,
    clock(workday(came + (k * 20)::int), u(n * 4 + k, 'contact at')) as created_at
from customers, range(0, 3) as r(k)
where (k = 0 or u(n * 4 + k, 'has contact') < 0.3) and came + (k * 20)::int < business_date() - 3
"""

# A deal lives inside the life of its customer; `steps` is the way it goes (or would have gone) through the stages.
DEALS = """
create table deals as
with drawn as (
    select n, floor(u(n, 'deal customer') * (select max(up_to) from customers))::bigint as position
    from range(1, $deals + 1) as r(n)
),
placed as (
    select d.n, c.customer_id, c.region_id, c.seat, c.team, c.size,
        c.mass_from + floor(u(d.n, 'deal day') * c.mass)::bigint as position
    from drawn as d asof join customers as c on d.position >= c.before
),
begun as (
    select p.* exclude (position), clock(days.day, u(n, 'deal at')) as created_at,
        7 + floor(170 * u(n, 'cycle 1') * u(n, 'cycle 2'))::int + (size = '大型')::int * 12 as cycle_days
    from placed as p asof join days on p.position >= days.before
),
ended as (
    select begun.*,
        clock(workday(created_at::date + cycle_days), u(n, 'closed at')) as would_close_at,
        u(n, 'asleep') < 0.025 as is_asleep,
        0.37 - 0.07 * (region_id = 'region_south')::int - 0.05 * (team = 'team_nanjing')::int
        + 0.03 * (team = 'team_shanghai')::int as win_share
    from begun
),
decided as (
    select ended.* exclude (would_close_at, win_share),
        not is_asleep and would_close_at < business_date() + 1 as is_closed,
        case when is_closed then would_close_at end as closed_at,
        would_close_at as planned_close_at,
        case when not is_closed then 'open' when u(n, 'won') < win_share then 'won'
            when u(n, 'won') > 0.98 then 'void' else 'lost' end as status
    from ended
)
select
    decided.*,
    'D' || lpad(n::text, 7, '0') as deal_id,
    case when status in ('won', 'open') then if(u(n, 'back') < 0.07, [1, 2, 3, 2, 3, 4], [1, 2, 3, 4])
        else [1, 2, 3, 4][1:1 + floor(u(n, 'lost in') * 4)::int] end as steps,
    (60000 + 1300000 * u(n, 'asked 1') * u(n, 'asked 2'))::decimal(18, 0) // 100 * 100 as asked,
    case when status = 'lost' then pick(['价格', '竞争对手', '预算取消', '技术不符', '无回应'], u(n, 'loss')) end
        as loss_reason
from decided
order by n
"""

# Steps are spread over the time from creation to close; an open deal has reached the last step entered by now.
DEAL_STAGES = """
create table deal_stages as
with spread as (
    select d.*, j, steps[j] as stage_order, len(steps) as last_step,
        created_at + to_seconds(floor(datediff('second', created_at, coalesce(closed_at, planned_close_at))
            * greatest(0, j - 1 + if(j = 1, 0, 0.6 * u(n * 8 + j, 'step') - 0.3)) / last_step)::bigint) as moment
    from deals as d, unnest(range(1, len(d.steps) + 1)) as r(j)
),
-- Nobody moves a deal at night: the hours of the day are pressed into 09:00 to 18:00, which keeps their order.
at_work as (
    select *, if(j = 1, created_at, moment::date + interval 9 hour
        + to_seconds((datediff('second', moment::date::timestamp, moment) * 9) // 24)) as entered_at
    from spread
),
reached as (
    select * from at_work where entered_at < business_date() + 1 and not (is_asleep and j > 2)
),
followed as (
    select *, lead(entered_at) over w as next_at, lead(stage_order) over w as next_order
    from reached
    window w as (partition by n order by j)
)
select n, deal_id, customer_id, seat, j, entered_at, stage_order, coalesce(next_at, closed_at) as left_at,
    case when next_order > stage_order then '推进' when next_order < stage_order then '退回'
        when status = 'won' then '赢单' when status in ('lost', 'void') then '输单' end as moved
from followed
"""


def build(con: duckdb.DuckDBPyConnection, sizes: dict[str, int]) -> None:
    """Tables customers, contacts, deals, deal_stages."""
    con.execute(CUSTOMERS, {"customers": sizes["customers"]})
    con.execute(CONTACTS)
    con.execute(DEALS, {"deals": sizes["deals"]})
    con.execute(DEAL_STAGES)
