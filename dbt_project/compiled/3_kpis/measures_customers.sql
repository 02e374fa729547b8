-- One row per period, level, unit, cut and date counted by: the measures of customers.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with customers as (
    select
        customer_id,
        channel,
        owner_id,
        created_at
    from {{ ref('customers') }}
),

calendar_days as (
    select
        day,
        week_start,
        month_start,
        quarter_start,
        year_start
    from {{ ref('calendar_days') }}
),

employee_units as (
    select
        employee_id,
        valid_from,
        valid_to,
        region_id,
        department_id,
        team_id
    from {{ ref('employee_units') }}
),

contracts as (
    select
        customer_id,
        signed_date,
        approval
    from {{ ref('contracts') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

events_by_created_at_with_contracts_signed_date_in_90_days as (
    select
        customers.customer_id,
        1 as is_met
    from customers
    cross join run
    inner join contracts as happened
        on customers.customer_id = happened.customer_id
        and happened.signed_date >= {{ local_date('customers.created_at', "'Asia/Shanghai'") }}
        and happened.signed_date <= {{ add_days(local_date('customers.created_at', "'Asia/Shanghai'"), 90) }}
        and (happened.approval = 'approved')
        and happened.signed_date <= run.as_of
    group by customers.customer_id
),

facts_by_created_at_with_contracts_signed_date_in_90_days as (
    select
        {{ local_date('customers.created_at', "'Asia/Shanghai'") }} as day,
        customers.owner_id as person_id,
        customers.channel as cut_channel,
        case when {{ add_days(local_date('customers.created_at', "'Asia/Shanghai'"), 90) }} <= run.as_of and events_by_created_at_with_contracts_signed_date_in_90_days.is_met = 1 then 1 end as customer_conversion__numerator,
        case when {{ add_days(local_date('customers.created_at', "'Asia/Shanghai'"), 90) }} <= run.as_of then 1 end as customer_conversion__denominator
    from customers
    cross join run
    left join events_by_created_at_with_contracts_signed_date_in_90_days on customers.customer_id = events_by_created_at_with_contracts_signed_date_in_90_days.customer_id
    where customers.created_at is not null
),

summed_by_created_at_with_contracts_signed_date_in_90_days as (
    select
        day,
        person_id,
        count(customer_conversion__numerator) as customer_conversion__numerator,
        count(customer_conversion__denominator) as customer_conversion__denominator
    from facts_by_created_at_with_contracts_signed_date_in_90_days
    group by day, person_id
),

placed_by_created_at_with_contracts_signed_date_in_90_days as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.week_start,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_created_at_with_contracts_signed_date_in_90_days.customer_conversion__numerator,
        summed_by_created_at_with_contracts_signed_date_in_90_days.customer_conversion__denominator
    from summed_by_created_at_with_contracts_signed_date_in_90_days
    inner join calendar_days
        on summed_by_created_at_with_contracts_signed_date_in_90_days.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_with_contracts_signed_date_in_90_days.person_id = employee_units.employee_id
        and summed_by_created_at_with_contracts_signed_date_in_90_days.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_with_contracts_signed_date_in_90_days.day <= run.as_of
),

grouped_by_created_at_with_contracts_signed_date_in_90_days as (
    select
        false as is_to_date,
        case when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(customer_conversion__numerator), 0) as decimal(38,12)) as customer_conversion__numerator,
        cast(nullif(sum(customer_conversion__denominator), 0) as decimal(38,12)) as customer_conversion__denominator
    from placed_by_created_at_with_contracts_signed_date_in_90_days
    group by grouping sets (
        (week_start, company_id),
        (week_start, region_id),
        (week_start, department_id),
        (week_start, team_id),
        (week_start, rep_id),
        (month_start, company_id),
        (month_start, region_id),
        (month_start, department_id),
        (month_start, team_id),
        (month_start, rep_id),
        (quarter_start, company_id),
        (quarter_start, region_id),
        (quarter_start, department_id),
        (quarter_start, team_id),
        (quarter_start, rep_id),
        (year_start, company_id),
        (year_start, region_id),
        (year_start, department_id),
        (year_start, team_id),
        (year_start, rep_id)
    )
),

summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel as (
    select
        day,
        person_id,
        cut_channel,
        count(customer_conversion__numerator) as customer_conversion__numerator,
        count(customer_conversion__denominator) as customer_conversion__denominator
    from facts_by_created_at_with_contracts_signed_date_in_90_days
    group by day, person_id, cut_channel
),

placed_by_created_at_with_contracts_signed_date_in_90_days_by_channel as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.week_start,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel.cut_channel as string), 'unassigned') as cut_channel,
        summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel.customer_conversion__numerator,
        summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel.customer_conversion__denominator
    from summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel
    inner join calendar_days
        on summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel.person_id = employee_units.employee_id
        and summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_created_at_with_contracts_signed_date_in_90_days_by_channel.day <= run.as_of
),

grouped_by_created_at_with_contracts_signed_date_in_90_days_by_channel as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'channel' as cut,
        cut_channel as cut_value,
        cast(nullif(sum(customer_conversion__numerator), 0) as decimal(38,12)) as customer_conversion__numerator,
        cast(nullif(sum(customer_conversion__denominator), 0) as decimal(38,12)) as customer_conversion__denominator
    from placed_by_created_at_with_contracts_signed_date_in_90_days_by_channel
    group by grouping sets (
        (month_start, company_id, cut_channel),
        (month_start, region_id, cut_channel),
        (month_start, department_id, cut_channel),
        (month_start, team_id, cut_channel),
        (month_start, rep_id, cut_channel),
        (quarter_start, company_id, cut_channel),
        (quarter_start, region_id, cut_channel),
        (quarter_start, department_id, cut_channel),
        (quarter_start, team_id, cut_channel),
        (quarter_start, rep_id, cut_channel),
        (year_start, company_id, cut_channel),
        (year_start, region_id, cut_channel),
        (year_start, department_id, cut_channel),
        (year_start, team_id, cut_channel),
        (year_start, rep_id, cut_channel)
    )
),

final as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        customer_conversion__numerator,
        customer_conversion__denominator
    from grouped_by_created_at_with_contracts_signed_date_in_90_days
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        customer_conversion__numerator,
        customer_conversion__denominator
    from grouped_by_created_at_with_contracts_signed_date_in_90_days_by_channel
)

select * from final
