-- One row per CRM module, grain (month, quarter, year) and period in which anybody used the CRM, since it was first seen.
with usage as (
    select employee_id, module, day, actions from {{ ref('app_usage') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

calendar_days as (
    select day, month_start, quarter_start, year_start from {{ ref('calendar_days') }}
),

periods as (
    select grain, period_start, period_end from {{ ref('periods') }}
),

modules as (
    select module, min(day) as first_day from usage group by module
),

-- From here on the work is that of the months, not of the days.
used as (
    select
        usage.employee_id,
        usage.module,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start
    from usage
    inner join calendar_days on usage.day = calendar_days.day
    cross join run
    where usage.actions > 0 and usage.day <= run.as_of_date
    group by
        usage.employee_id, usage.module, calendar_days.month_start, calendar_days.quarter_start, calendar_days.year_start
),

used_by_period as (
    select 'month' as grain, month_start as period_start, employee_id, module from used
    union all
    select 'quarter' as grain, quarter_start as period_start, employee_id, module from used
    union all
    select 'year' as grain, year_start as period_start, employee_id, module from used
),

users_of_modules as (
    select grain, period_start, module, count(distinct employee_id) as users
    from used_by_period
    group by grain, period_start, module
),

users_of_any as (
    select grain, period_start, count(distinct employee_id) as active_users
    from used_by_period
    group by grain, period_start
),

-- A module that nobody used in a period is the idle one that is looked for, so it has its row too.
final as (
    select
        modules.module,
        users_of_any.grain,
        users_of_any.period_start,
        least(periods.period_end, run.as_of_date) as period_end,
        cast(coalesce(users_of_modules.users, 0) as int) as users,
        cast(users_of_any.active_users as int) as active_users,
        cast({{ divide('coalesce(users_of_modules.users, 0)', 'users_of_any.active_users') }} as decimal(18, 12)) as use_share
    from users_of_any
    inner join periods
        on users_of_any.grain = periods.grain and users_of_any.period_start = periods.period_start
    inner join modules on periods.period_end >= modules.first_day
    cross join run
    left join users_of_modules
        on users_of_any.grain = users_of_modules.grain
        and users_of_any.period_start = users_of_modules.period_start
        and modules.module = users_of_modules.module
)

select * from final
