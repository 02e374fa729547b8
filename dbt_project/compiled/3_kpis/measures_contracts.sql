-- One row per period, level, unit, cut and date counted by: the measures of contracts.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with contracts as (
    select
        customer_id,
        owner_id,
        product_id,
        signed_date,
        end_date,
        amount,
        approval,
        decided_at,
        is_first_of_customer,
        previous_amount,
        renewed_at,
        approval_hours,
        has_stage_history,
        acquisition_source
    from {{ ref('contracts') }}
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
        tier,
        campaign_id
    from {{ ref('customers') }}
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

facts_by_decided_at as (
    select
        {{ local_date('contracts.decided_at', "'Asia/Shanghai'") }} as day,
        contracts.owner_id as person_id,
        contracts.approval_hours as approval_hours
    from contracts
    cross join run
    where contracts.decided_at is not null
),

placed_each_by_decided_at as (
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
        facts_by_decided_at.approval_hours
    from facts_by_decided_at
    inner join calendar_days
        on facts_by_decided_at.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_decided_at.person_id = employee_units.employee_id
        and facts_by_decided_at.day between employee_units.valid_from and employee_units.valid_to
    where facts_by_decided_at.day <= run.as_of
),

grouped_each_by_decided_at as (
    select
        false as is_to_date,
        case when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' end as level,
        coalesce(company_id, region_id, department_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('approval_hours') }} as decimal(38,12)) as approval_hours
    from placed_each_by_decided_at
    group by grouping sets (
        (week_start, company_id),
        (week_start, region_id),
        (week_start, department_id),
        (month_start, company_id),
        (month_start, region_id),
        (month_start, department_id),
        (quarter_start, company_id),
        (quarter_start, region_id),
        (quarter_start, department_id),
        (year_start, company_id),
        (year_start, region_id),
        (year_start, department_id)
    )
),

compared_each_by_decided_at as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' end as level,
        coalesce(company_id, region_id, department_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast({{ exact_median('approval_hours') }} as decimal(38,12)) as approval_hours
    from placed_each_by_decided_at
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('approval_hours') and cut = 'none'
    ) as spans on placed_each_by_decided_at.day between spans.first_day and spans.last_day
    where spans.grain in ('week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id)
    )
),

facts_by_signed_date as (
    select
        contracts.signed_date as day,
        contracts.owner_id as person_id,
        contracts.customer_id as key_of_campaign,
        contracts.product_id as key_of_product_category,
        case when contracts.approval = 'approved' and contracts.has_stage_history then 1 end as deal_captured_rate__numerator,
        case when contracts.approval = 'approved' then 1 end as deal_captured_rate__denominator,
        case when contracts.approval = 'approved' and contracts.is_first_of_customer then contracts.customer_id end as new_customers,
        case when contracts.approval = 'approved' and contracts.is_first_of_customer and contracts.acquisition_source = 'referral' then contracts.customer_id end as referral_rate__numerator,
        case when contracts.approval = 'approved' and contracts.previous_amount is not null then cast(greatest(contracts.amount - contracts.previous_amount, 0) as decimal(38,12)) end as upsell_amount,
        case when contracts.approval = 'approved' then contracts.amount end as won_amount,
        case when contracts.approval = 'approved' then contracts.customer_id end as won_customers
    from contracts
    cross join run
    where contracts.signed_date is not null
),

summed_by_signed_date as (
    select
        day,
        person_id,
        count(deal_captured_rate__numerator) as deal_captured_rate__numerator,
        count(deal_captured_rate__denominator) as deal_captured_rate__denominator,
        sum(upsell_amount) as upsell_amount,
        sum(won_amount) as won_amount
    from facts_by_signed_date
    group by day, person_id
),

placed_by_signed_date as (
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
        summed_by_signed_date.deal_captured_rate__numerator,
        summed_by_signed_date.deal_captured_rate__denominator,
        summed_by_signed_date.upsell_amount,
        summed_by_signed_date.won_amount
    from summed_by_signed_date
    inner join calendar_days
        on summed_by_signed_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_signed_date.person_id = employee_units.employee_id
        and summed_by_signed_date.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_signed_date.day <= run.as_of
),

grouped_by_signed_date as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(deal_captured_rate__numerator), 0) as decimal(38,12)) as deal_captured_rate__numerator,
        cast(nullif(sum(deal_captured_rate__denominator), 0) as decimal(38,12)) as deal_captured_rate__denominator,
        cast(sum(upsell_amount) as decimal(38,12)) as upsell_amount,
        cast(sum(won_amount) as decimal(38,12)) as won_amount
    from placed_by_signed_date
    group by grouping sets (
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

compared_by_signed_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(deal_captured_rate__numerator), 0) as decimal(38,12)) as deal_captured_rate__numerator,
        cast(nullif(sum(deal_captured_rate__denominator), 0) as decimal(38,12)) as deal_captured_rate__denominator,
        cast(sum(upsell_amount) as decimal(38,12)) as upsell_amount,
        cast(sum(won_amount) as decimal(38,12)) as won_amount
    from placed_by_signed_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('deal_captured_rate', 'new_customers', 'referral_rate', 'upsell_amount', 'won_amount', 'won_customers') and cut = 'none'
    ) as spans on placed_by_signed_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_signed_date_by_product_category as (
    select
        day,
        person_id,
        key_of_product_category,
        sum(won_amount) as won_amount
    from facts_by_signed_date
    group by day, person_id, key_of_product_category
),

placed_by_signed_date_by_product_category as (
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
        summed_by_signed_date_by_product_category.won_amount
    from summed_by_signed_date_by_product_category
    inner join calendar_days
        on summed_by_signed_date_by_product_category.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_signed_date_by_product_category.person_id = employee_units.employee_id
        and summed_by_signed_date_by_product_category.day between employee_units.valid_from and employee_units.valid_to
    left join products as products_of_cut_product_category
        on summed_by_signed_date_by_product_category.key_of_product_category = products_of_cut_product_category.product_id
    where summed_by_signed_date_by_product_category.day <= run.as_of
),

grouped_by_signed_date_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(won_amount) as decimal(38,12)) as won_amount
    from placed_by_signed_date_by_product_category
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

compared_by_signed_date_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(sum(won_amount) as decimal(38,12)) as won_amount
    from placed_by_signed_date_by_product_category
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('deal_captured_rate', 'new_customers', 'referral_rate', 'upsell_amount', 'won_amount', 'won_customers') and cut = 'product_category'
    ) as spans on placed_by_signed_date_by_product_category.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

placed_each_by_signed_date as (
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
        coalesce(cast(customers_of_cut_campaign.campaign_id as string), 'unassigned') as cut_campaign,
        coalesce(cast(products_of_cut_product_category.category as string), 'unassigned') as cut_product_category,
        facts_by_signed_date.new_customers,
        facts_by_signed_date.referral_rate__numerator,
        facts_by_signed_date.won_customers
    from facts_by_signed_date
    inner join calendar_days
        on facts_by_signed_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on facts_by_signed_date.person_id = employee_units.employee_id
        and facts_by_signed_date.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_campaign
        on facts_by_signed_date.key_of_campaign = customers_of_cut_campaign.customer_id
    left join products as products_of_cut_product_category
        on facts_by_signed_date.key_of_product_category = products_of_cut_product_category.product_id
    where facts_by_signed_date.day <= run.as_of
),

grouped_each_by_signed_date as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct new_customers), 0) as decimal(38,12)) as new_customers
    from placed_each_by_signed_date
    group by grouping sets (
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

compared_each_by_signed_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct new_customers), 0) as decimal(38,12)) as new_customers
    from placed_each_by_signed_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('deal_captured_rate', 'new_customers', 'referral_rate', 'upsell_amount', 'won_amount', 'won_customers') and cut = 'none'
    ) as spans on placed_each_by_signed_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_signed_date_2 as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct referral_rate__numerator), 0) as decimal(38,12)) as referral_rate__numerator
    from placed_each_by_signed_date
    group by grouping sets (
        (month_start, company_id),
        (month_start, region_id),
        (quarter_start, company_id),
        (quarter_start, region_id),
        (year_start, company_id),
        (year_start, region_id)
    )
),

compared_each_by_signed_date_2 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct referral_rate__numerator), 0) as decimal(38,12)) as referral_rate__numerator
    from placed_each_by_signed_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('deal_captured_rate', 'new_customers', 'referral_rate', 'upsell_amount', 'won_amount', 'won_customers') and cut = 'none'
    ) as spans on placed_each_by_signed_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id)
    )
),

grouped_each_by_signed_date_3 as (
    select
        false as is_to_date,
        case when grouping(day) = 0 then 'day' when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(day, week_start, month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct won_customers), 0) as decimal(38,12)) as won_customers
    from placed_each_by_signed_date
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

compared_each_by_signed_date_3 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(count(distinct won_customers), 0) as decimal(38,12)) as won_customers
    from placed_each_by_signed_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('deal_captured_rate', 'new_customers', 'referral_rate', 'upsell_amount', 'won_amount', 'won_customers') and cut = 'none'
    ) as spans on placed_each_by_signed_date.day between spans.first_day and spans.last_day
    where spans.grain in ('day', 'week', 'month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

grouped_each_by_signed_date_by_campaign as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'campaign' as cut,
        cut_campaign as cut_value,
        cast(nullif(count(distinct new_customers), 0) as decimal(38,12)) as new_customers
    from placed_each_by_signed_date
    group by grouping sets (
        (month_start, company_id, cut_campaign),
        (month_start, region_id, cut_campaign),
        (month_start, department_id, cut_campaign),
        (month_start, team_id, cut_campaign),
        (month_start, rep_id, cut_campaign),
        (quarter_start, company_id, cut_campaign),
        (quarter_start, region_id, cut_campaign),
        (quarter_start, department_id, cut_campaign),
        (quarter_start, team_id, cut_campaign),
        (quarter_start, rep_id, cut_campaign),
        (year_start, company_id, cut_campaign),
        (year_start, region_id, cut_campaign),
        (year_start, department_id, cut_campaign),
        (year_start, team_id, cut_campaign),
        (year_start, rep_id, cut_campaign)
    )
),

compared_each_by_signed_date_by_campaign as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'campaign' as cut,
        cut_campaign as cut_value,
        cast(nullif(count(distinct new_customers), 0) as decimal(38,12)) as new_customers
    from placed_each_by_signed_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('deal_captured_rate', 'new_customers', 'referral_rate', 'upsell_amount', 'won_amount', 'won_customers') and cut = 'campaign'
    ) as spans on placed_each_by_signed_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_campaign),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_campaign)
    )
),

grouped_each_by_signed_date_by_product_category as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(count(distinct won_customers), 0) as decimal(38,12)) as won_customers
    from placed_each_by_signed_date
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

compared_each_by_signed_date_by_product_category as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'product_category' as cut,
        cut_product_category as cut_value,
        cast(nullif(count(distinct won_customers), 0) as decimal(38,12)) as won_customers
    from placed_each_by_signed_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('deal_captured_rate', 'new_customers', 'referral_rate', 'upsell_amount', 'won_amount', 'won_customers') and cut = 'product_category'
    ) as spans on placed_each_by_signed_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_product_category),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_product_category)
    )
),

facts_by_end_date_with_renewed_at_in_30_days as (
    select
        contracts.end_date as day,
        contracts.owner_id as person_id,
        contracts.customer_id as key_of_segment,
        case when (contracts.approval = 'approved') and {{ add_days('contracts.end_date', 30) }} <= run.as_of and {{ local_date('contracts.renewed_at', "'Asia/Shanghai'") }} <= {{ add_days('contracts.end_date', 30) }} then 1 end as renewal_rate__numerator,
        case when (contracts.approval = 'approved') and {{ add_days('contracts.end_date', 30) }} <= run.as_of then 1 end as renewal_rate__denominator
    from contracts
    cross join run
    where contracts.end_date is not null
),

summed_by_end_date_with_renewed_at_in_30_days as (
    select
        day,
        person_id,
        count(renewal_rate__numerator) as renewal_rate__numerator,
        count(renewal_rate__denominator) as renewal_rate__denominator
    from facts_by_end_date_with_renewed_at_in_30_days
    group by day, person_id
),

placed_by_end_date_with_renewed_at_in_30_days as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        summed_by_end_date_with_renewed_at_in_30_days.renewal_rate__numerator,
        summed_by_end_date_with_renewed_at_in_30_days.renewal_rate__denominator
    from summed_by_end_date_with_renewed_at_in_30_days
    inner join calendar_days
        on summed_by_end_date_with_renewed_at_in_30_days.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_end_date_with_renewed_at_in_30_days.person_id = employee_units.employee_id
        and summed_by_end_date_with_renewed_at_in_30_days.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_end_date_with_renewed_at_in_30_days.day <= run.as_of
),

grouped_by_end_date_with_renewed_at_in_30_days as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(nullif(sum(renewal_rate__numerator), 0) as decimal(38,12)) as renewal_rate__numerator,
        cast(nullif(sum(renewal_rate__denominator), 0) as decimal(38,12)) as renewal_rate__denominator
    from placed_by_end_date_with_renewed_at_in_30_days
    group by grouping sets (
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

summed_by_end_date_with_renewed_at_in_30_days_by_segment as (
    select
        day,
        person_id,
        key_of_segment,
        count(renewal_rate__numerator) as renewal_rate__numerator,
        count(renewal_rate__denominator) as renewal_rate__denominator
    from facts_by_end_date_with_renewed_at_in_30_days
    group by day, person_id, key_of_segment
),

placed_by_end_date_with_renewed_at_in_30_days_by_segment as (
    -- As it was: the unit in which the person stood on the day of the fact.
    select
        calendar_days.day,
        calendar_days.month_start,
        calendar_days.quarter_start,
        calendar_days.year_start,
        company.company_id,
        coalesce(employee_units.region_id, 'unassigned') as region_id,
        coalesce(employee_units.department_id, 'unassigned') as department_id,
        coalesce(employee_units.team_id, 'unassigned') as team_id,
        coalesce(employee_units.employee_id, 'unassigned') as rep_id,
        coalesce(cast(customers_of_cut_segment.tier as string), 'unassigned') as cut_segment,
        summed_by_end_date_with_renewed_at_in_30_days_by_segment.renewal_rate__numerator,
        summed_by_end_date_with_renewed_at_in_30_days_by_segment.renewal_rate__denominator
    from summed_by_end_date_with_renewed_at_in_30_days_by_segment
    inner join calendar_days
        on summed_by_end_date_with_renewed_at_in_30_days_by_segment.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_end_date_with_renewed_at_in_30_days_by_segment.person_id = employee_units.employee_id
        and summed_by_end_date_with_renewed_at_in_30_days_by_segment.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on summed_by_end_date_with_renewed_at_in_30_days_by_segment.key_of_segment = customers_of_cut_segment.customer_id
    where summed_by_end_date_with_renewed_at_in_30_days_by_segment.day <= run.as_of
),

grouped_by_end_date_with_renewed_at_in_30_days_by_segment as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(nullif(sum(renewal_rate__numerator), 0) as decimal(38,12)) as renewal_rate__numerator,
        cast(nullif(sum(renewal_rate__denominator), 0) as decimal(38,12)) as renewal_rate__denominator
    from placed_by_end_date_with_renewed_at_in_30_days_by_segment
    group by grouping sets (
        (month_start, company_id, cut_segment),
        (month_start, region_id, cut_segment),
        (month_start, department_id, cut_segment),
        (month_start, team_id, cut_segment),
        (month_start, rep_id, cut_segment),
        (quarter_start, company_id, cut_segment),
        (quarter_start, region_id, cut_segment),
        (quarter_start, department_id, cut_segment),
        (quarter_start, team_id, cut_segment),
        (quarter_start, rep_id, cut_segment),
        (year_start, company_id, cut_segment),
        (year_start, region_id, cut_segment),
        (year_start, department_id, cut_segment),
        (year_start, team_id, cut_segment),
        (year_start, rep_id, cut_segment)
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
        approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_each_by_decided_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_each_by_decided_at
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        deal_captured_rate__numerator,
        deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        upsell_amount,
        won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_by_signed_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        deal_captured_rate__numerator,
        deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        upsell_amount,
        won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_by_signed_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_by_signed_date_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_by_signed_date_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_each_by_signed_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_each_by_signed_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_each_by_signed_date_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_each_by_signed_date_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_each_by_signed_date_3
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_each_by_signed_date_3
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_each_by_signed_date_by_campaign
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_each_by_signed_date_by_campaign
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from grouped_each_by_signed_date_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        won_customers,
        cast(null as decimal(38,12)) as renewal_rate__numerator,
        cast(null as decimal(38,12)) as renewal_rate__denominator
    from compared_each_by_signed_date_by_product_category
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        renewal_rate__numerator,
        renewal_rate__denominator
    from grouped_by_end_date_with_renewed_at_in_30_days
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as approval_hours,
        cast(null as decimal(38,12)) as deal_captured_rate__numerator,
        cast(null as decimal(38,12)) as deal_captured_rate__denominator,
        cast(null as decimal(38,12)) as new_customers,
        cast(null as decimal(38,12)) as referral_rate__numerator,
        cast(null as decimal(38,12)) as upsell_amount,
        cast(null as decimal(38,12)) as won_amount,
        cast(null as decimal(38,12)) as won_customers,
        renewal_rate__numerator,
        renewal_rate__denominator
    from grouped_by_end_date_with_renewed_at_in_30_days_by_segment
)

select * from final
