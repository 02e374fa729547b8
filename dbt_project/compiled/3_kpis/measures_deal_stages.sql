-- One row per period, level, unit, cut and date counted by: the measures of deal_stages.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with deal_stages as (
    select
        deal_id,
        entered_at,
        stage,
        left_at,
        moved,
        owner_id,
        product_id,
        amount,
        win_probability,
        expected_close_date
    from {{ ref('deal_stages') }}
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

calendar_days as (
    select
        day,
        week_start,
        month_start,
        quarter_start,
        year_start
    from {{ ref('calendar_days') }}
),

products as (
    select
        product_id,
        category
    from {{ ref('products') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

facts_as_of_now_in_period as (
    select
        run.as_of as day,
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        deal_stages.owner_id as person_id,
        case when {{ local_date('deal_stages.entered_at', "'Asia/Shanghai'") }} <= run.as_of and (deal_stages.left_at is null or {{ local_date('deal_stages.left_at', "'Asia/Shanghai'") }} > run.as_of) and deal_stages.expected_close_date between spans.period_start and spans.period_end then cast(cast(deal_stages.amount as decimal(38,4)) * cast(deal_stages.win_probability as decimal(38,12)) as decimal(38,12)) end as pipeline_coverage__numerator
    from deal_stages
    cross join run
    inner join spans on spans.first_day <= run.as_of and spans.last_day = run.as_of
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year') and not spans.is_to_date
),

summed_as_of_now_in_period as (
    select
        is_to_date,
        grain,
        period_start,
        day,
        person_id,
        sum(pipeline_coverage__numerator) as pipeline_coverage__numerator
    from facts_as_of_now_in_period
    where grain in ('month', 'quarter', 'year')
    group by is_to_date, grain, period_start, day, person_id
),

placed_as_of_now_in_period as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        summed_as_of_now_in_period.is_to_date,
        summed_as_of_now_in_period.grain,
        summed_as_of_now_in_period.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_as_of_now_in_period.pipeline_coverage__numerator
    from summed_as_of_now_in_period
    cross join run
    cross join company
    left join employee_units
        on summed_as_of_now_in_period.person_id = employee_units.employee_id
        and summed_as_of_now_in_period.day between employee_units.valid_from and employee_units.valid_to
    where summed_as_of_now_in_period.day <= run.as_of
),

grouped_as_of_now_in_period as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(pipeline_coverage__numerator) as decimal(38,12)) as pipeline_coverage__numerator
    from placed_as_of_now_in_period
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id),
        (is_to_date, grain, period_start, rep_id)
    )
),

facts_as_of_now as (
    select
        run.as_of as day,
        deal_stages.owner_id as person_id,
        deal_stages.stage as cut_stage,
        deal_stages.product_id as key_of_product_category,
        case when {{ local_date('deal_stages.entered_at', "'Asia/Shanghai'") }} <= run.as_of and (deal_stages.left_at is null or {{ local_date('deal_stages.left_at', "'Asia/Shanghai'") }} > run.as_of) then cast(cast(deal_stages.amount as decimal(38,4)) * cast(deal_stages.win_probability as decimal(38,12)) as decimal(38,12)) end as pipeline_weighted
    from deal_stages
    cross join run
),

summed_as_of_now as (
    select
        day,
        person_id,
        sum(pipeline_weighted) as pipeline_weighted
    from facts_as_of_now
    group by day, person_id
),

placed_as_of_now as (
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
        summed_as_of_now.pipeline_weighted
    from summed_as_of_now
    inner join calendar_days
        on summed_as_of_now.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_as_of_now.person_id = employee_units.employee_id
        and summed_as_of_now.day between employee_units.valid_from and employee_units.valid_to
    where summed_as_of_now.day <= run.as_of
),

grouped_as_of_now as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(pipeline_weighted) as decimal(38,12)) as pipeline_weighted
    from placed_as_of_now
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

summed_as_of_now_by_stage as (
    select
        day,
        person_id,
        cut_stage,
        sum(pipeline_weighted) as pipeline_weighted
    from facts_as_of_now
    group by day, person_id, cut_stage
),

placed_as_of_now_by_stage as (
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
        coalesce(cast(summed_as_of_now_by_stage.cut_stage as string), 'unassigned') as cut_stage,
        summed_as_of_now_by_stage.pipeline_weighted
    from summed_as_of_now_by_stage
    inner join calendar_days
        on summed_as_of_now_by_stage.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_as_of_now_by_stage.person_id = employee_units.employee_id
        and summed_as_of_now_by_stage.day between employee_units.valid_from and employee_units.valid_to
    where summed_as_of_now_by_stage.day <= run.as_of
),

grouped_as_of_now_by_stage as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(sum(pipeline_weighted) as decimal(38,12)) as pipeline_weighted
    from placed_as_of_now_by_stage
    group by grouping sets (
        (month_start, company_id, cut_stage),
        (month_start, region_id, cut_stage),
        (month_start, department_id, cut_stage),
        (month_start, team_id, cut_stage),
        (month_start, rep_id, cut_stage),
        (quarter_start, company_id, cut_stage),
        (quarter_start, region_id, cut_stage),
        (quarter_start, department_id, cut_stage),
        (quarter_start, team_id, cut_stage),
        (quarter_start, rep_id, cut_stage),
        (year_start, company_id, cut_stage),
        (year_start, region_id, cut_stage),
        (year_start, department_id, cut_stage),
        (year_start, team_id, cut_stage),
        (year_start, rep_id, cut_stage)
    )
),

summed_as_of_now_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        sum(pipeline_weighted) as pipeline_weighted
    from facts_as_of_now
    group by day, person_id, key_of_product_category
),

placed_as_of_now_by_product_category as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_as_of_now_by_product_category.pipeline_weighted
    from summed_as_of_now_by_product_category
    inner join calendar_days
        on summed_as_of_now_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_as_of_now_by_product_category.person_id = employee_units.employee_id
        and summed_as_of_now_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_as_of_now_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_as_of_now_by_product_category.day <= run.as_of
),

grouped_as_of_now_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(pipeline_weighted) as decimal(38,12)) as pipeline_weighted
    from placed_as_of_now_by_product_category
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (month_start, region_id, cut_product_category),
        (month_start, department_id, cut_product_category),
        (month_start, team_id, cut_product_category),
        (month_start, rep_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (quarter_start, region_id, cut_product_category),
        (quarter_start, department_id, cut_product_category),
        (quarter_start, team_id, cut_product_category),
        (quarter_start, rep_id, cut_product_category),
        (year_start, company_id, cut_product_category),
        (year_start, region_id, cut_product_category),
        (year_start, department_id, cut_product_category),
        (year_start, team_id, cut_product_category),
        (year_start, rep_id, cut_product_category)
    )
),

facts_by_left_at as (
    select
        {{ local_date('deal_stages.left_at', "'Asia/Shanghai'") }} as day,
        deal_stages.owner_id as person_id,
        deal_stages.stage as cut_stage,
        deal_stages.product_id as key_of_product_category,
        case when deal_stages.moved in ('forward', 'won') then deal_stages.deal_id end as stage_conversion__numerator,
        deal_stages.deal_id as stage_conversion__denominator,
        1 as stage_net_flow__gone
    from deal_stages
    cross join run
    where deal_stages.left_at is not null
),

summed_by_left_at as (
    select
        day,
        person_id,
        count(stage_net_flow__gone) as stage_net_flow__gone
    from facts_by_left_at
    group by day, person_id
),

placed_by_left_at as (
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
        summed_by_left_at.stage_net_flow__gone
    from summed_by_left_at
    inner join calendar_days
        on summed_by_left_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_left_at.person_id = employee_units.employee_id
        and summed_by_left_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_left_at.day <= run.as_of
),

grouped_by_left_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(stage_net_flow__gone), 0) as decimal(38,12)) as stage_net_flow__gone
    from placed_by_left_at
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

compared_by_left_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(stage_net_flow__gone), 0) as decimal(38,12)) as stage_net_flow__gone
    from placed_by_left_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_conversion', 'stage_net_flow') and cut = 'none'
    ) as spans on placed_by_left_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_left_at_by_stage as (
    select
        day,
        person_id,
        cut_stage,
        count(stage_net_flow__gone) as stage_net_flow__gone
    from facts_by_left_at
    group by day, person_id, cut_stage
),

placed_by_left_at_by_stage as (
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
        coalesce(cast(summed_by_left_at_by_stage.cut_stage as string), 'unassigned') as cut_stage,
        summed_by_left_at_by_stage.stage_net_flow__gone
    from summed_by_left_at_by_stage
    inner join calendar_days
        on summed_by_left_at_by_stage.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_left_at_by_stage.person_id = employee_units.employee_id
        and summed_by_left_at_by_stage.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_left_at_by_stage.day <= run.as_of
),

grouped_by_left_at_by_stage as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(nullif(sum(stage_net_flow__gone), 0) as decimal(38,12)) as stage_net_flow__gone
    from placed_by_left_at_by_stage
    group by grouping sets (
        (month_start, company_id, cut_stage),
        (month_start, region_id, cut_stage),
        (month_start, department_id, cut_stage),
        (month_start, team_id, cut_stage),
        (month_start, rep_id, cut_stage),
        (quarter_start, company_id, cut_stage),
        (quarter_start, region_id, cut_stage),
        (quarter_start, department_id, cut_stage),
        (quarter_start, team_id, cut_stage),
        (quarter_start, rep_id, cut_stage),
        (year_start, company_id, cut_stage),
        (year_start, region_id, cut_stage),
        (year_start, department_id, cut_stage),
        (year_start, team_id, cut_stage),
        (year_start, rep_id, cut_stage)
    )
),

compared_by_left_at_by_stage as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(nullif(sum(stage_net_flow__gone), 0) as decimal(38,12)) as stage_net_flow__gone
    from placed_by_left_at_by_stage
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_conversion', 'stage_net_flow') and cut = 'stage'
    ) as spans on placed_by_left_at_by_stage.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_stage)
    )
),

summed_by_left_at_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        count(stage_net_flow__gone) as stage_net_flow__gone
    from facts_by_left_at
    group by day, person_id, key_of_product_category
),

placed_by_left_at_by_product_category as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_by_left_at_by_product_category.stage_net_flow__gone
    from summed_by_left_at_by_product_category
    inner join calendar_days
        on summed_by_left_at_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_left_at_by_product_category.person_id = employee_units.employee_id
        and summed_by_left_at_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_left_at_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_left_at_by_product_category.day <= run.as_of
),

grouped_by_left_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(stage_net_flow__gone), 0) as decimal(38,12)) as stage_net_flow__gone
    from placed_by_left_at_by_product_category
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (month_start, region_id, cut_product_category),
        (month_start, department_id, cut_product_category),
        (month_start, team_id, cut_product_category),
        (month_start, rep_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (quarter_start, region_id, cut_product_category),
        (quarter_start, department_id, cut_product_category),
        (quarter_start, team_id, cut_product_category),
        (quarter_start, rep_id, cut_product_category),
        (year_start, company_id, cut_product_category),
        (year_start, region_id, cut_product_category),
        (year_start, department_id, cut_product_category),
        (year_start, team_id, cut_product_category),
        (year_start, rep_id, cut_product_category)
    )
),

compared_by_left_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(stage_net_flow__gone), 0) as decimal(38,12)) as stage_net_flow__gone
    from placed_by_left_at_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_conversion', 'stage_net_flow') and cut = 'product_category'
    ) as spans on placed_by_left_at_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

placed_each_by_left_at as (
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
        coalesce(cast(facts_by_left_at.cut_stage as string), 'unassigned') as cut_stage,
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        facts_by_left_at.stage_conversion__numerator,
        facts_by_left_at.stage_conversion__denominator
    from facts_by_left_at
    inner join calendar_days
        on facts_by_left_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_left_at.person_id = employee_units.employee_id
        and facts_by_left_at.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on facts_by_left_at.key_of_product_category = products_of_cut_product_category.product_id
    where facts_by_left_at.day <= run.as_of
),

grouped_each_by_left_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct stage_conversion__numerator), 0) as decimal(38,12)) as stage_conversion__numerator,
        cast(nullif(count(distinct stage_conversion__denominator), 0) as decimal(38,12)) as stage_conversion__denominator
    from placed_each_by_left_at
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

compared_each_by_left_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct stage_conversion__numerator), 0) as decimal(38,12)) as stage_conversion__numerator,
        cast(nullif(count(distinct stage_conversion__denominator), 0) as decimal(38,12)) as stage_conversion__denominator
    from placed_each_by_left_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_conversion', 'stage_net_flow') and cut = 'none'
    ) as spans on placed_each_by_left_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_left_at_by_stage as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(nullif(count(distinct stage_conversion__numerator), 0) as decimal(38,12)) as stage_conversion__numerator,
        cast(nullif(count(distinct stage_conversion__denominator), 0) as decimal(38,12)) as stage_conversion__denominator
    from placed_each_by_left_at
    group by grouping sets (
        (month_start, company_id, cut_stage),
        (month_start, region_id, cut_stage),
        (month_start, department_id, cut_stage),
        (month_start, team_id, cut_stage),
        (month_start, rep_id, cut_stage),
        (quarter_start, company_id, cut_stage),
        (quarter_start, region_id, cut_stage),
        (quarter_start, department_id, cut_stage),
        (quarter_start, team_id, cut_stage),
        (quarter_start, rep_id, cut_stage),
        (year_start, company_id, cut_stage),
        (year_start, region_id, cut_stage),
        (year_start, department_id, cut_stage),
        (year_start, team_id, cut_stage),
        (year_start, rep_id, cut_stage)
    )
),

compared_each_by_left_at_by_stage as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(nullif(count(distinct stage_conversion__numerator), 0) as decimal(38,12)) as stage_conversion__numerator,
        cast(nullif(count(distinct stage_conversion__denominator), 0) as decimal(38,12)) as stage_conversion__denominator
    from placed_each_by_left_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_conversion', 'stage_net_flow') and cut = 'stage'
    ) as spans on placed_each_by_left_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_stage)
    )
),

grouped_each_by_left_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(count(distinct stage_conversion__numerator), 0) as decimal(38,12)) as stage_conversion__numerator,
        cast(nullif(count(distinct stage_conversion__denominator), 0) as decimal(38,12)) as stage_conversion__denominator
    from placed_each_by_left_at
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (month_start, region_id, cut_product_category),
        (month_start, department_id, cut_product_category),
        (month_start, team_id, cut_product_category),
        (month_start, rep_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (quarter_start, region_id, cut_product_category),
        (quarter_start, department_id, cut_product_category),
        (quarter_start, team_id, cut_product_category),
        (quarter_start, rep_id, cut_product_category),
        (year_start, company_id, cut_product_category),
        (year_start, region_id, cut_product_category),
        (year_start, department_id, cut_product_category),
        (year_start, team_id, cut_product_category),
        (year_start, rep_id, cut_product_category)
    )
),

compared_each_by_left_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(count(distinct stage_conversion__numerator), 0) as decimal(38,12)) as stage_conversion__numerator,
        cast(nullif(count(distinct stage_conversion__denominator), 0) as decimal(38,12)) as stage_conversion__denominator
    from placed_each_by_left_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_conversion', 'stage_net_flow') and cut = 'product_category'
    ) as spans on placed_each_by_left_at.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

facts_by_entered_at as (
    select
        {{ local_date('deal_stages.entered_at', "'Asia/Shanghai'") }} as day,
        deal_stages.owner_id as person_id,
        deal_stages.stage as cut_stage,
        deal_stages.product_id as key_of_product_category,
        1 as stage_net_flow__entered
    from deal_stages
    cross join run
    where deal_stages.entered_at is not null
),

summed_by_entered_at as (
    select
        day,
        person_id,
        count(stage_net_flow__entered) as stage_net_flow__entered
    from facts_by_entered_at
    group by day, person_id
),

placed_by_entered_at as (
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
        summed_by_entered_at.stage_net_flow__entered
    from summed_by_entered_at
    inner join calendar_days
        on summed_by_entered_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_entered_at.person_id = employee_units.employee_id
        and summed_by_entered_at.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_entered_at.day <= run.as_of
),

grouped_by_entered_at as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(stage_net_flow__entered), 0) as decimal(38,12)) as stage_net_flow__entered
    from placed_by_entered_at
    group by grouping sets (
        (day, company_id),
        (day, region_id),
        (day, department_id),
        (day, team_id),
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

compared_by_entered_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(stage_net_flow__entered), 0) as decimal(38,12)) as stage_net_flow__entered
    from placed_by_entered_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_net_flow') and cut = 'none'
    ) as spans on placed_by_entered_at.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_entered_at_by_stage as (
    select
        day,
        person_id,
        cut_stage,
        count(stage_net_flow__entered) as stage_net_flow__entered
    from facts_by_entered_at
    group by day, person_id, cut_stage
),

placed_by_entered_at_by_stage as (
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
        coalesce(cast(summed_by_entered_at_by_stage.cut_stage as string), 'unassigned') as cut_stage,
        summed_by_entered_at_by_stage.stage_net_flow__entered
    from summed_by_entered_at_by_stage
    inner join calendar_days
        on summed_by_entered_at_by_stage.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_entered_at_by_stage.person_id = employee_units.employee_id
        and summed_by_entered_at_by_stage.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_entered_at_by_stage.day <= run.as_of
),

grouped_by_entered_at_by_stage as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(nullif(sum(stage_net_flow__entered), 0) as decimal(38,12)) as stage_net_flow__entered
    from placed_by_entered_at_by_stage
    group by grouping sets (
        (month_start, company_id, cut_stage),
        (month_start, region_id, cut_stage),
        (month_start, department_id, cut_stage),
        (month_start, team_id, cut_stage),
        (month_start, rep_id, cut_stage),
        (quarter_start, company_id, cut_stage),
        (quarter_start, region_id, cut_stage),
        (quarter_start, department_id, cut_stage),
        (quarter_start, team_id, cut_stage),
        (quarter_start, rep_id, cut_stage),
        (year_start, company_id, cut_stage),
        (year_start, region_id, cut_stage),
        (year_start, department_id, cut_stage),
        (year_start, team_id, cut_stage),
        (year_start, rep_id, cut_stage)
    )
),

compared_by_entered_at_by_stage as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(nullif(sum(stage_net_flow__entered), 0) as decimal(38,12)) as stage_net_flow__entered
    from placed_by_entered_at_by_stage
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_net_flow') and cut = 'stage'
    ) as spans on placed_by_entered_at_by_stage.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_stage),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_stage)
    )
),

summed_by_entered_at_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        count(stage_net_flow__entered) as stage_net_flow__entered
    from facts_by_entered_at
    group by day, person_id, key_of_product_category
),

placed_by_entered_at_by_product_category as (
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
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        summed_by_entered_at_by_product_category.stage_net_flow__entered
    from summed_by_entered_at_by_product_category
    inner join calendar_days
        on summed_by_entered_at_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_entered_at_by_product_category.person_id = employee_units.employee_id
        and summed_by_entered_at_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_entered_at_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_entered_at_by_product_category.day <= run.as_of
),

grouped_by_entered_at_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(stage_net_flow__entered), 0) as decimal(38,12)) as stage_net_flow__entered
    from placed_by_entered_at_by_product_category
    group by grouping sets (
        (month_start, company_id, cut_product_category),
        (month_start, region_id, cut_product_category),
        (month_start, department_id, cut_product_category),
        (month_start, team_id, cut_product_category),
        (month_start, rep_id, cut_product_category),
        (quarter_start, company_id, cut_product_category),
        (quarter_start, region_id, cut_product_category),
        (quarter_start, department_id, cut_product_category),
        (quarter_start, team_id, cut_product_category),
        (quarter_start, rep_id, cut_product_category),
        (year_start, company_id, cut_product_category),
        (year_start, region_id, cut_product_category),
        (year_start, department_id, cut_product_category),
        (year_start, team_id, cut_product_category),
        (year_start, rep_id, cut_product_category)
    )
),

compared_by_entered_at_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(stage_net_flow__entered), 0) as decimal(38,12)) as stage_net_flow__entered
    from placed_by_entered_at_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_net_flow') and cut = 'product_category'
    ) as spans on placed_by_entered_at_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

lives_open_from_entered_at_until_left_at as (
    select
        {{ local_date('deal_stages.entered_at', "'Asia/Shanghai'") }} as begins,
        {{ local_date('deal_stages.left_at', "'Asia/Shanghai'") }} as ends,
        deal_stages.owner_id as person_id,
        deal_stages.stage as cut_stage,
        deal_stages.product_id as key_of_product_category,
        1 as stage_open_count
    from deal_stages
    cross join run
    where {{ local_date('deal_stages.entered_at', "'Asia/Shanghai'") }} <= run.as_of and ({{ local_date('deal_stages.left_at', "'Asia/Shanghai'") }} is null or {{ local_date('deal_stages.left_at', "'Asia/Shanghai'") }} > {{ local_date('deal_stages.entered_at', "'Asia/Shanghai'") }})
),

summed_open_from_entered_at_until_left_at as (
    select
        day,
        person_id,
        sum(stage_open_count) as stage_open_count,
        sum(rows_of_stage_open_count) as rows_of_stage_open_count
    from (
        select
            begins as day,
            person_id,
            stage_open_count,
            case when stage_open_count is not null then 1 end as rows_of_stage_open_count
        from lives_open_from_entered_at_until_left_at
        union all
        select
            ends as day,
            person_id,
            -stage_open_count as stage_open_count,
            case when stage_open_count is not null then -1 end as rows_of_stage_open_count
        from lives_open_from_entered_at_until_left_at
        where ends is not null
    ) as moves
    group by day, person_id
),

ended_open_from_entered_at_until_left_at as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        case when running.rows_of_stage_open_count <> 0 then running.stage_open_count end as stage_open_count
    from (
        select
            person_id,
            day,
            lead(day) over (partition by person_id order by day) as next_day,
            sum(stage_open_count) over (partition by person_id order by day rows between unbounded preceding and current row) as stage_open_count,
            sum(rows_of_stage_open_count) over (partition by person_id order by day rows between unbounded preceding and current row) as rows_of_stage_open_count
        from summed_open_from_entered_at_until_left_at
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_open_count')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('day', 'week', 'month', 'quarter', 'year')
        and (running.rows_of_stage_open_count <> 0)
),

placed_open_from_entered_at_until_left_at as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_entered_at_until_left_at.is_to_date,
        ended_open_from_entered_at_until_left_at.grain,
        ended_open_from_entered_at_until_left_at.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        ended_open_from_entered_at_until_left_at.stage_open_count
    from ended_open_from_entered_at_until_left_at
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_entered_at_until_left_at.person_id = employee_units.employee_id
        and ended_open_from_entered_at_until_left_at.day between employee_units.valid_from and employee_units.valid_to
    where ended_open_from_entered_at_until_left_at.day <= run.as_of
),

grouped_open_from_entered_at_until_left_at as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(stage_open_count), 0) as decimal(38,12)) as stage_open_count
    from placed_open_from_entered_at_until_left_at
    where grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id),
        (is_to_date, grain, period_start, region_id),
        (is_to_date, grain, period_start, department_id),
        (is_to_date, grain, period_start, team_id),
        (is_to_date, grain, period_start, rep_id)
    )
),

summed_open_from_entered_at_until_left_at_by_stage as (
    select
        day,
        person_id,
        cut_stage,
        sum(stage_open_count) as stage_open_count,
        sum(rows_of_stage_open_count) as rows_of_stage_open_count
    from (
        select
            begins as day,
            person_id,
            cut_stage,
            stage_open_count,
            case when stage_open_count is not null then 1 end as rows_of_stage_open_count
        from lives_open_from_entered_at_until_left_at
        union all
        select
            ends as day,
            person_id,
            cut_stage,
            -stage_open_count as stage_open_count,
            case when stage_open_count is not null then -1 end as rows_of_stage_open_count
        from lives_open_from_entered_at_until_left_at
        where ends is not null
    ) as moves
    group by day, person_id, cut_stage
),

ended_open_from_entered_at_until_left_at_by_stage as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        running.cut_stage,
        case when running.rows_of_stage_open_count <> 0 then running.stage_open_count end as stage_open_count
    from (
        select
            person_id,
            cut_stage,
            day,
            lead(day) over (partition by person_id, cut_stage order by day) as next_day,
            sum(stage_open_count) over (partition by person_id, cut_stage order by day rows between unbounded preceding and current row) as stage_open_count,
            sum(rows_of_stage_open_count) over (partition by person_id, cut_stage order by day rows between unbounded preceding and current row) as rows_of_stage_open_count
        from summed_open_from_entered_at_until_left_at_by_stage
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_open_count')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
        and (running.rows_of_stage_open_count <> 0)
),

placed_open_from_entered_at_until_left_at_by_stage as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_entered_at_until_left_at_by_stage.is_to_date,
        ended_open_from_entered_at_until_left_at_by_stage.grain,
        ended_open_from_entered_at_until_left_at_by_stage.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(ended_open_from_entered_at_until_left_at_by_stage.cut_stage as string), 'unassigned') as cut_stage,
        ended_open_from_entered_at_until_left_at_by_stage.stage_open_count
    from ended_open_from_entered_at_until_left_at_by_stage
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_entered_at_until_left_at_by_stage.person_id = employee_units.employee_id
        and ended_open_from_entered_at_until_left_at_by_stage.day between employee_units.valid_from and employee_units.valid_to
    where ended_open_from_entered_at_until_left_at_by_stage.day <= run.as_of
),

grouped_open_from_entered_at_until_left_at_by_stage as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'stage' as cut,
        cut_stage as cut_value,
        cast(nullif(sum(stage_open_count), 0) as decimal(38,12)) as stage_open_count
    from placed_open_from_entered_at_until_left_at_by_stage
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_stage),
        (is_to_date, grain, period_start, region_id, cut_stage),
        (is_to_date, grain, period_start, department_id, cut_stage),
        (is_to_date, grain, period_start, team_id, cut_stage),
        (is_to_date, grain, period_start, rep_id, cut_stage)
    )
),

summed_open_from_entered_at_until_left_at_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        sum(stage_open_count) as stage_open_count,
        sum(rows_of_stage_open_count) as rows_of_stage_open_count
    from (
        select
            begins as day,
            person_id,
            key_of_product_category,
            stage_open_count,
            case when stage_open_count is not null then 1 end as rows_of_stage_open_count
        from lives_open_from_entered_at_until_left_at
        union all
        select
            ends as day,
            person_id,
            key_of_product_category,
            -stage_open_count as stage_open_count,
            case when stage_open_count is not null then -1 end as rows_of_stage_open_count
        from lives_open_from_entered_at_until_left_at
        where ends is not null
    ) as moves
    group by day, person_id, key_of_product_category
),

ended_open_from_entered_at_until_left_at_by_product_category as (
    -- What is open after a day stays so until the next on which anything comes or goes.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        spans.last_day as day,
        running.person_id,
        running.key_of_product_category,
        case when running.rows_of_stage_open_count <> 0 then running.stage_open_count end as stage_open_count
    from (
        select
            person_id,
            key_of_product_category,
            day,
            lead(day) over (partition by person_id, key_of_product_category order by day) as next_day,
            sum(stage_open_count) over (partition by person_id, key_of_product_category order by day rows between unbounded preceding and current row) as stage_open_count,
            sum(rows_of_stage_open_count) over (partition by person_id, key_of_product_category order by day rows between unbounded preceding and current row) as rows_of_stage_open_count
        from summed_open_from_entered_at_until_left_at_by_product_category
    ) as running
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('stage_open_count')
    ) as spans
        on running.day <= spans.last_day
        and coalesce(running.next_day, cast('9999-12-31' as date)) > spans.last_day
    where spans.span = 'period' and spans.grain in ('month', 'quarter', 'year')
        and (running.rows_of_stage_open_count <> 0)
),

placed_open_from_entered_at_until_left_at_by_product_category as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        ended_open_from_entered_at_until_left_at_by_product_category.is_to_date,
        ended_open_from_entered_at_until_left_at_by_product_category.grain,
        ended_open_from_entered_at_until_left_at_by_product_category.period_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        ended_open_from_entered_at_until_left_at_by_product_category.stage_open_count
    from ended_open_from_entered_at_until_left_at_by_product_category
    cross join run
    cross join company
    left join employee_units
        on ended_open_from_entered_at_until_left_at_by_product_category.person_id = employee_units.employee_id
        and ended_open_from_entered_at_until_left_at_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on ended_open_from_entered_at_until_left_at_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where ended_open_from_entered_at_until_left_at_by_product_category.day <= run.as_of
),

grouped_open_from_entered_at_until_left_at_by_product_category as (
    select
        is_to_date,
        grain,
        period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(sum(stage_open_count), 0) as decimal(38,12)) as stage_open_count
    from placed_open_from_entered_at_until_left_at_by_product_category
    where grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (is_to_date, grain, period_start, company_id, cut_product_category),
        (is_to_date, grain, period_start, region_id, cut_product_category),
        (is_to_date, grain, period_start, department_id, cut_product_category),
        (is_to_date, grain, period_start, team_id, cut_product_category),
        (is_to_date, grain, period_start, rep_id, cut_product_category)
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
        pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_as_of_now_in_period
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_as_of_now
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_as_of_now_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_as_of_now_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_by_left_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_by_left_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_by_left_at_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_by_left_at_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_by_left_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_by_left_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        stage_conversion__numerator,
        stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_each_by_left_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        stage_conversion__numerator,
        stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_each_by_left_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        stage_conversion__numerator,
        stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_each_by_left_at_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        stage_conversion__numerator,
        stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_each_by_left_at_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        stage_conversion__numerator,
        stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_each_by_left_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        stage_conversion__numerator,
        stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_each_by_left_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_by_entered_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_by_entered_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_by_entered_at_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_by_entered_at_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from grouped_by_entered_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        stage_net_flow__entered,
        cast(null as decimal(38,12)) as stage_open_count
    from compared_by_entered_at_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        stage_open_count
    from grouped_open_from_entered_at_until_left_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        stage_open_count
    from grouped_open_from_entered_at_until_left_at_by_stage
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as pipeline_coverage__numerator,
        cast(null as decimal(38,12)) as pipeline_weighted,
        cast(null as decimal(38,12)) as stage_conversion__numerator,
        cast(null as decimal(38,12)) as stage_conversion__denominator,
        cast(null as decimal(38,12)) as stage_net_flow__gone,
        cast(null as decimal(38,12)) as stage_net_flow__entered,
        stage_open_count
    from grouped_open_from_entered_at_until_left_at_by_product_category
)

select * from final
