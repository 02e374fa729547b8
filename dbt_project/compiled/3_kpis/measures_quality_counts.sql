-- One row per period, level, unit, cut and date counted by: the measures of quality_counts.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with quality_counts as (
    select
        day,
        source,
        owner_id,
        required,
        filled,
        duplicate,
        rows,
        entered_on_time,
        activities
    from {{ ref('quality_counts') }}
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

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

days_by_last_day as (
    -- The last day of each period on which the system has rows.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.period_end,
        spans.first_day,
        spans.last_day,
        max(states.day) as day
    from (select quality_counts.day as day from quality_counts group by quality_counts.day) as states
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('completeness', 'duplicate_rate', 'entry_on_time')
    ) as spans on states.day between spans.first_day and spans.last_day
    where spans.span = 'period' and spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by spans.is_to_date, spans.grain, spans.period_start, spans.period_end, spans.first_day, spans.last_day
),

facts_by_last_day as (
    select
        quality_counts.day as day,
        days_by_last_day.is_to_date,
        days_by_last_day.grain,
        days_by_last_day.period_start,
        quality_counts.owner_id as person_id,
        quality_counts.source as cut_source,
        quality_counts.filled as completeness__numerator,
        quality_counts.required as completeness__denominator,
        quality_counts.duplicate as duplicate_rate__numerator,
        quality_counts.rows as duplicate_rate__denominator,
        quality_counts.entered_on_time as entry_on_time__numerator,
        quality_counts.activities as entry_on_time__denominator
    from quality_counts
    cross join run
    inner join days_by_last_day
        on quality_counts.day = days_by_last_day.day
),

summed_by_last_day as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        sum(completeness__numerator) as completeness__numerator,
        sum(completeness__denominator) as completeness__denominator,
        sum(duplicate_rate__numerator) as duplicate_rate__numerator,
        sum(duplicate_rate__denominator) as duplicate_rate__denominator,
        sum(entry_on_time__numerator) as entry_on_time__numerator,
        sum(entry_on_time__denominator) as entry_on_time__denominator
    from facts_by_last_day
    where grain in ('day', 'week', 'month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id
),

placed_by_last_day as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_last_day.is_to_date,
        summed_by_last_day.grain,
        summed_by_last_day.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_last_day.completeness__numerator,
        summed_by_last_day.completeness__denominator,
        summed_by_last_day.duplicate_rate__numerator,
        summed_by_last_day.duplicate_rate__denominator,
        summed_by_last_day.entry_on_time__numerator,
        summed_by_last_day.entry_on_time__denominator
    from summed_by_last_day
    cross join run
    cross join company
    left join employee_units
        on summed_by_last_day.person_id = employee_units.employee_id
        and summed_by_last_day.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_last_day.day <= run.as_of
),

grouped_by_last_day as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(completeness__numerator) as decimal(38,12)) as completeness__numerator,
        cast(sum(completeness__denominator) as decimal(38,12)) as completeness__denominator,
        cast(sum(duplicate_rate__numerator) as decimal(38,12)) as duplicate_rate__numerator,
        cast(sum(duplicate_rate__denominator) as decimal(38,12)) as duplicate_rate__denominator,
        cast(sum(entry_on_time__numerator) as decimal(38,12)) as entry_on_time__numerator,
        cast(sum(entry_on_time__denominator) as decimal(38,12)) as entry_on_time__denominator
    from placed_by_last_day
    where grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id),
        (is_to_date, grain, period_start, rep_id)
    )
),

summed_by_last_day_by_source as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        cut_source,
        sum(completeness__numerator) as completeness__numerator,
        sum(completeness__denominator) as completeness__denominator,
        sum(duplicate_rate__numerator) as duplicate_rate__numerator,
        sum(duplicate_rate__denominator) as duplicate_rate__denominator,
        sum(entry_on_time__numerator) as entry_on_time__numerator,
        sum(entry_on_time__denominator) as entry_on_time__denominator
    from facts_by_last_day
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id, cut_source
),

placed_by_last_day_by_source as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_by_last_day_by_source.is_to_date,
        summed_by_last_day_by_source.grain,
        summed_by_last_day_by_source.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(summed_by_last_day_by_source.cut_source as string), 'unassigned') as cut_source,
        summed_by_last_day_by_source.completeness__numerator,
        summed_by_last_day_by_source.completeness__denominator,
        summed_by_last_day_by_source.duplicate_rate__numerator,
        summed_by_last_day_by_source.duplicate_rate__denominator,
        summed_by_last_day_by_source.entry_on_time__numerator,
        summed_by_last_day_by_source.entry_on_time__denominator
    from summed_by_last_day_by_source
    cross join run
    cross join company
    left join employee_units
        on summed_by_last_day_by_source.person_id = employee_units.employee_id
        and summed_by_last_day_by_source.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_last_day_by_source.day <= run.as_of
),

grouped_by_last_day_by_source as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'source' as cut,
        cut_source as cut_value,
        cast(sum(completeness__numerator) as decimal(38,12)) as completeness__numerator,
        cast(sum(completeness__denominator) as decimal(38,12)) as completeness__denominator,
        cast(sum(duplicate_rate__numerator) as decimal(38,12)) as duplicate_rate__numerator,
        cast(sum(duplicate_rate__denominator) as decimal(38,12)) as duplicate_rate__denominator,
        cast(sum(entry_on_time__numerator) as decimal(38,12)) as entry_on_time__numerator,
        cast(sum(entry_on_time__denominator) as decimal(38,12)) as entry_on_time__denominator
    from placed_by_last_day_by_source
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_source),
        (is_to_date, grain, period_start, region_id, cut_source),
        (is_to_date, grain, period_start, department_id, cut_source),
        (is_to_date, grain, period_start, team_id, cut_source),
        (is_to_date, grain, period_start, rep_id, cut_source)
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
        completeness__numerator,
        completeness__denominator,
        duplicate_rate__numerator,
        duplicate_rate__denominator,
        entry_on_time__numerator,
        entry_on_time__denominator
    from grouped_by_last_day
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        completeness__numerator,
        completeness__denominator,
        duplicate_rate__numerator,
        duplicate_rate__denominator,
        entry_on_time__numerator,
        entry_on_time__denominator
    from grouped_by_last_day_by_source
)

select * from final
