-- One row per module of the CRM, grain (month, quarter, year) and period since it was first used by anybody.
with run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

periods as (
    select periods.grain, periods.period_start, least(periods.period_end, run.as_of_date) as period_end
    from {{ ref('periods') }} as periods
    cross join run
    where periods.grain in ('month', 'quarter', 'year')
),

usage as (
    select employee_id, module, day from {{ ref('app_usage') }} where actions > 0
),

modules as (
    select module, min(day) as first_day from usage group by module
),

users as (
    select periods.grain, periods.period_start, usage.module, count(distinct usage.employee_id) as users
    from usage
    inner join periods on usage.day between periods.period_start and periods.period_end
    group by periods.grain, periods.period_start, usage.module
),

active as (
    select periods.grain, periods.period_start, count(distinct usage.employee_id) as users
    from usage
    inner join periods on usage.day between periods.period_start and periods.period_end
    group by periods.grain, periods.period_start
),

final as (
    select
        modules.module,
        periods.grain,
        periods.period_start,
        periods.period_end,
        cast(coalesce(users.users, 0) as int) as users,
        cast(active.users as int) as active_users,
        cast({{ divide('coalesce(users.users, 0)', 'active.users') }} as decimal(18, 12)) as use_share
    from modules
    inner join periods on modules.first_day <= periods.period_end
    inner join active on periods.grain = active.grain and periods.period_start = active.period_start
    left join users
        on modules.module = users.module
        and periods.grain = users.grain
        and periods.period_start = users.period_start
)

select * from final
