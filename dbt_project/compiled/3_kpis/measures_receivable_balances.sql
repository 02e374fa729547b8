-- One row per period, level, unit, cut and date counted by: the measures of receivable_balances.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with receivable_balances as (
    select
        from_date,
        until_date,
        unpaid_amount,
        customer_id,
        owner_id
    from {{ ref('receivable_balances') }}
),

spans as (
    select
        span,
        is_to_date,
        grain,
        period_start,
        period_end,
        first_day,
        last_day
    from {{ ref('spans') }}
),

goal_spans as (
    select
        kpi_id,
        cut,
        span,
        is_to_date,
        grain,
        period_start,
        period_end,
        first_day,
        last_day
    from {{ ref('goal_spans') }}
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

customers as (
    select
        customer_id,
        tier
    from {{ ref('customers') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

lives_open_from_from_date_until_until_date as (
    select
        receivable_balances.from_date as begins,
        receivable_balances.until_date as ends,
        receivable_balances.owner_id as person_id,
        receivable_balances.customer_id as cut_customer_id,
        receivable_balances.customer_id as key_of_segment,
        receivable_balances.unpaid_amount as overdue_amount
    from receivable_balances
    cross join run
    where receivable_balances.from_date <= run.as_of and (receivable_balances.until_date is null or receivable_balances.until_date > receivable_balances.from_date)
),

summed_open_from_from_date_until_until_date as (
    select
        day,
        person_id,
        sum(overdue_amount) as overdue_amount,
        sum(rows_of_overdue_amount) as rows_of_overdue_amount
    from (
        select
            begins as day,
            person_id,
            overdue_amount,
            case when overdue_amount is not null then 1 end as rows_of_overdue_amount
        from lives_open_from_from_date_until_until_date
        union all
        select
            ends as day,
            person_id,
            -overdue_amount as overdue_amount,
            case when overdue_amount is not null then -1 end as rows_of_overdue_amount
        from lives_open_from_from_date_until_until_date
        where ends is not null
    ) as moves
    group by day, person_id
),

ended_open_from_from_date_until_until_date as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        case when running.rows_of_overdue_amount <> 0 then running.overdue_amount end as overdue_amount
    from (
        select
            person_id,
            day,
            lead(day) over (partition by person_id order by day) as next_day,
            sum(overdue_amount) over (partition by person_id order by day rows between unbounded preceding and current row) as overdue_amount,
            sum(rows_of_overdue_amount) over (partition by person_id order by day rows between unbounded preceding and current row) as rows_of_overdue_amount
        from summed_open_from_from_date_until_until_date
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('overdue_amount')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('day', 'week', 'month', 'quarter', 'year')
        and (running.rows_of_overdue_amount <> 0)
),

placed_open_from_from_date_until_until_date as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_from_date_until_until_date.is_to_date,
        ended_open_from_from_date_until_until_date.grain,
        ended_open_from_from_date_until_until_date.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        ended_open_from_from_date_until_until_date.overdue_amount
    from ended_open_from_from_date_until_until_date
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_from_date_until_until_date.person_id = employee_units.employee_id
        and ended_open_from_from_date_until_until_date.day between employee_units.valid_from and employee_units.valid_to
    where ended_open_from_from_date_until_until_date.day <= run.as_of
),

grouped_open_from_from_date_until_until_date as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(overdue_amount) as decimal(38,12)) as overdue_amount
    from placed_open_from_from_date_until_until_date
    where grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id),
        (is_to_date, grain, period_start, rep_id)
    )
),

summed_open_from_from_date_until_until_date_by_customer_id as (
    select
        day,
        person_id,
        cut_customer_id,
        sum(overdue_amount) as overdue_amount,
        sum(rows_of_overdue_amount) as rows_of_overdue_amount
    from (
        select
            begins as day,
            person_id,
            cut_customer_id,
            overdue_amount,
            case when overdue_amount is not null then 1 end as rows_of_overdue_amount
        from lives_open_from_from_date_until_until_date
        union all
        select
            ends as day,
            person_id,
            cut_customer_id,
            -overdue_amount as overdue_amount,
            case when overdue_amount is not null then -1 end as rows_of_overdue_amount
        from lives_open_from_from_date_until_until_date
        where ends is not null
    ) as moves
    group by day, person_id, cut_customer_id
),

ended_open_from_from_date_until_until_date_by_customer_id as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        running.cut_customer_id,
        case when running.rows_of_overdue_amount <> 0 then running.overdue_amount end as overdue_amount
    from (
        select
            person_id,
            cut_customer_id,
            day,
            lead(day) over (partition by person_id, cut_customer_id order by day) as next_day,
            sum(overdue_amount) over (partition by person_id, cut_customer_id order by day rows between unbounded preceding and current row) as overdue_amount,
            sum(rows_of_overdue_amount) over (partition by person_id, cut_customer_id order by day rows between unbounded preceding and current row) as rows_of_overdue_amount
        from summed_open_from_from_date_until_until_date_by_customer_id
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('overdue_amount')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
        and (running.rows_of_overdue_amount <> 0)
),

placed_open_from_from_date_until_until_date_by_customer_id as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_from_date_until_until_date_by_customer_id.is_to_date,
        ended_open_from_from_date_until_until_date_by_customer_id.grain,
        ended_open_from_from_date_until_until_date_by_customer_id.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(ended_open_from_from_date_until_until_date_by_customer_id.cut_customer_id as string), 'unassigned') as cut_customer_id,
        ended_open_from_from_date_until_until_date_by_customer_id.overdue_amount
    from ended_open_from_from_date_until_until_date_by_customer_id
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_from_date_until_until_date_by_customer_id.person_id = employee_units.employee_id
        and ended_open_from_from_date_until_until_date_by_customer_id.day between employee_units.valid_from and employee_units.valid_to
    where ended_open_from_from_date_until_until_date_by_customer_id.day <= run.as_of
),

grouped_open_from_from_date_until_until_date_by_customer_id as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'customer_id' as cut,
        cut_customer_id as cut_value,
        cast(sum(overdue_amount) as decimal(38,12)) as overdue_amount
    from placed_open_from_from_date_until_until_date_by_customer_id
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_customer_id),
        (is_to_date, grain, period_start, region_id, cut_customer_id),
        (is_to_date, grain, period_start, department_id, cut_customer_id),
        (is_to_date, grain, period_start, team_id, cut_customer_id),
        (is_to_date, grain, period_start, rep_id, cut_customer_id)
    )
),

summed_open_from_from_date_until_until_date_by_segment as (
    select
        day,
        person_id,
        key_of_segment,
        sum(overdue_amount) as overdue_amount,
        sum(rows_of_overdue_amount) as rows_of_overdue_amount
    from (
        select
            begins as day,
            person_id,
            key_of_segment,
            overdue_amount,
            case when overdue_amount is not null then 1 end as rows_of_overdue_amount
        from lives_open_from_from_date_until_until_date
        union all
        select
            ends as day,
            person_id,
            key_of_segment,
            -overdue_amount as overdue_amount,
            case when overdue_amount is not null then -1 end as rows_of_overdue_amount
        from lives_open_from_from_date_until_until_date
        where ends is not null
    ) as moves
    group by day, person_id, key_of_segment
),

ended_open_from_from_date_until_until_date_by_segment as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        running.key_of_segment,
        case when running.rows_of_overdue_amount <> 0 then running.overdue_amount end as overdue_amount
    from (
        select
            person_id,
            key_of_segment,
            day,
            lead(day) over (partition by person_id, key_of_segment order by day) as next_day,
            sum(overdue_amount) over (partition by person_id, key_of_segment order by day rows between unbounded preceding and current row) as overdue_amount,
            sum(rows_of_overdue_amount) over (partition by person_id, key_of_segment order by day rows between unbounded preceding and current row) as rows_of_overdue_amount
        from summed_open_from_from_date_until_until_date_by_segment
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('overdue_amount')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
        and (running.rows_of_overdue_amount <> 0)
),

placed_open_from_from_date_until_until_date_by_segment as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_from_date_until_until_date_by_segment.is_to_date,
        ended_open_from_from_date_until_until_date_by_segment.grain,
        ended_open_from_from_date_until_until_date_by_segment.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(customers_of_cut_segment.tier as string), 'unassigned') as cut_segment,
        ended_open_from_from_date_until_until_date_by_segment.overdue_amount
    from ended_open_from_from_date_until_until_date_by_segment
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_from_date_until_until_date_by_segment.person_id = employee_units.employee_id
        and ended_open_from_from_date_until_until_date_by_segment.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on ended_open_from_from_date_until_until_date_by_segment.key_of_segment = customers_of_cut_segment.customer_id
    where ended_open_from_from_date_until_until_date_by_segment.day <= run.as_of
),

grouped_open_from_from_date_until_until_date_by_segment as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(sum(overdue_amount) as decimal(38,12)) as overdue_amount
    from placed_open_from_from_date_until_until_date_by_segment
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_segment),
        (is_to_date, grain, period_start, region_id, cut_segment),
        (is_to_date, grain, period_start, department_id, cut_segment),
        (is_to_date, grain, period_start, team_id, cut_segment),
        (is_to_date, grain, period_start, rep_id, cut_segment)
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
        overdue_amount
    from grouped_open_from_from_date_until_until_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        overdue_amount
    from grouped_open_from_from_date_until_until_date_by_customer_id
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        overdue_amount
    from grouped_open_from_from_date_until_until_date_by_segment
)

select * from final
