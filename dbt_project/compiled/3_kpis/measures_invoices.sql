-- One row per period, level, unit, cut and date counted by: the measures of invoices.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with invoices as (
    select
        status,
        customer_id,
        owner_id,
        partner_id,
        invoice_date,
        amount_net
    from {{ ref('invoices') }}
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
        region_id
    from {{ ref('customers') }}
),

run as (
    select as_of_date as as_of from {{ source('definitions', 'run') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

facts_by_invoice_date as (
    select
        invoices.invoice_date as day,
        invoices.owner_id as person_id,
        invoices.partner_id as cut_partner,
        invoices.customer_id as key_of_segment,
        invoices.customer_id as key_of_customer_region,
        case when invoices.status in ('issued', 'paid') and invoices.partner_id is not null then invoices.amount_net end as partner_revenue_share__numerator,
        case when invoices.status in ('issued', 'paid') then invoices.amount_net end as partner_revenue_share__denominator,
        case when invoices.status in ('issued', 'paid') then invoices.amount_net end as revenue
    from invoices
    cross join run
    where invoices.invoice_date is not null
),

summed_by_invoice_date as (
    select
        day,
        person_id,
        sum(partner_revenue_share__numerator) as partner_revenue_share__numerator,
        sum(partner_revenue_share__denominator) as partner_revenue_share__denominator,
        sum(revenue) as revenue
    from facts_by_invoice_date
    group by day, person_id
),

placed_by_invoice_date as (
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
        summed_by_invoice_date.partner_revenue_share__numerator,
        summed_by_invoice_date.partner_revenue_share__denominator,
        summed_by_invoice_date.revenue
    from summed_by_invoice_date
    inner join calendar_days
        on summed_by_invoice_date.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_invoice_date.person_id = employee_units.employee_id
        and summed_by_invoice_date.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_invoice_date.day <= run.as_of
),

grouped_by_invoice_date as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(partner_revenue_share__numerator) as decimal(38,12)) as partner_revenue_share__numerator,
        cast(sum(partner_revenue_share__denominator) as decimal(38,12)) as partner_revenue_share__denominator
    from placed_by_invoice_date
    group by grouping sets (
        (month_start, company_id),
        (month_start, region_id),
        (quarter_start, company_id),
        (quarter_start, region_id),
        (year_start, company_id),
        (year_start, region_id)
    )
),

compared_by_invoice_date as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(partner_revenue_share__numerator) as decimal(38,12)) as partner_revenue_share__numerator,
        cast(sum(partner_revenue_share__denominator) as decimal(38,12)) as partner_revenue_share__denominator
    from placed_by_invoice_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('partner_revenue_share', 'revenue') and cut = 'none'
    ) as spans on placed_by_invoice_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id)
    )
),

grouped_by_invoice_date_2 as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(revenue) as decimal(38,12)) as revenue
    from placed_by_invoice_date
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

compared_by_invoice_date_2 as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'none' as cut,
        'all' as cut_value,
        cast(sum(revenue) as decimal(38,12)) as revenue
    from placed_by_invoice_date
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('partner_revenue_share', 'revenue') and cut = 'none'
    ) as spans on placed_by_invoice_date.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id),
        (spans.is_to_date, spans.grain, spans.period_start, region_id),
        (spans.is_to_date, spans.grain, spans.period_start, department_id),
        (spans.is_to_date, spans.grain, spans.period_start, team_id),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id)
    )
),

summed_by_invoice_date_by_partner as (
    select
        day,
        person_id,
        cut_partner,
        sum(partner_revenue_share__numerator) as partner_revenue_share__numerator
    from facts_by_invoice_date
    group by day, person_id, cut_partner
),

placed_by_invoice_date_by_partner as (
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
        coalesce(cast(summed_by_invoice_date_by_partner.cut_partner as string), 'unassigned') as cut_partner,
        summed_by_invoice_date_by_partner.partner_revenue_share__numerator
    from summed_by_invoice_date_by_partner
    inner join calendar_days
        on summed_by_invoice_date_by_partner.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_invoice_date_by_partner.person_id = employee_units.employee_id
        and summed_by_invoice_date_by_partner.day between employee_units.valid_from and employee_units.valid_to
    where summed_by_invoice_date_by_partner.day <= run.as_of
),

grouped_by_invoice_date_by_partner as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'partner' as cut,
        cut_partner as cut_value,
        cast(sum(partner_revenue_share__numerator) as decimal(38,12)) as partner_revenue_share__numerator
    from placed_by_invoice_date_by_partner
    group by grouping sets (
        (month_start, company_id, cut_partner),
        (month_start, region_id, cut_partner),
        (quarter_start, company_id, cut_partner),
        (quarter_start, region_id, cut_partner),
        (year_start, company_id, cut_partner),
        (year_start, region_id, cut_partner)
    )
),

compared_by_invoice_date_by_partner as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' end as level,
        coalesce(company_id, region_id) as unit_id,
        'partner' as cut,
        cut_partner as cut_value,
        cast(sum(partner_revenue_share__numerator) as decimal(38,12)) as partner_revenue_share__numerator
    from placed_by_invoice_date_by_partner
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('partner_revenue_share', 'revenue') and cut = 'partner'
    ) as spans on placed_by_invoice_date_by_partner.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_partner),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_partner)
    )
),

summed_by_invoice_date_by_segment as (
    select
        day,
        person_id,
        key_of_segment,
        sum(revenue) as revenue
    from facts_by_invoice_date
    group by day, person_id, key_of_segment
),

placed_by_invoice_date_by_segment as (
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
        summed_by_invoice_date_by_segment.revenue
    from summed_by_invoice_date_by_segment
    inner join calendar_days
        on summed_by_invoice_date_by_segment.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_invoice_date_by_segment.person_id = employee_units.employee_id
        and summed_by_invoice_date_by_segment.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_segment
        on summed_by_invoice_date_by_segment.key_of_segment = customers_of_cut_segment.customer_id
    where summed_by_invoice_date_by_segment.day <= run.as_of
),

grouped_by_invoice_date_by_segment as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(sum(revenue) as decimal(38,12)) as revenue
    from placed_by_invoice_date_by_segment
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

compared_by_invoice_date_by_segment as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'segment' as cut,
        cut_segment as cut_value,
        cast(sum(revenue) as decimal(38,12)) as revenue
    from placed_by_invoice_date_by_segment
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('partner_revenue_share', 'revenue') and cut = 'segment'
    ) as spans on placed_by_invoice_date_by_segment.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_segment),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_segment)
    )
),

summed_by_invoice_date_by_customer_region as (
    select
        day,
        person_id,
        key_of_customer_region,
        sum(revenue) as revenue
    from facts_by_invoice_date
    group by day, person_id, key_of_customer_region
),

placed_by_invoice_date_by_customer_region as (
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
        coalesce(cast(customers_of_cut_customer_region.region_id as string), 'unassigned') as cut_customer_region,
        summed_by_invoice_date_by_customer_region.revenue
    from summed_by_invoice_date_by_customer_region
    inner join calendar_days
        on summed_by_invoice_date_by_customer_region.day = calendar_days.day
    cross join run
    cross join company
    left join employee_units
        on summed_by_invoice_date_by_customer_region.person_id = employee_units.employee_id
        and summed_by_invoice_date_by_customer_region.day between employee_units.valid_from and employee_units.valid_to
    left join customers as customers_of_cut_customer_region
        on summed_by_invoice_date_by_customer_region.key_of_customer_region = customers_of_cut_customer_region.customer_id
    where summed_by_invoice_date_by_customer_region.day <= run.as_of
),

grouped_by_invoice_date_by_customer_region as (
    select
        false as is_to_date,
        case when grouping(month_start) = 0 then 'month' when grouping(quarter_start) = 0 then 'quarter' when grouping(year_start) = 0 then 'year' end as grain,
        coalesce(month_start, quarter_start, year_start) as period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'customer_region' as cut,
        cut_customer_region as cut_value,
        cast(sum(revenue) as decimal(38,12)) as revenue
    from placed_by_invoice_date_by_customer_region
    group by grouping sets (
        (month_start, company_id, cut_customer_region),
        (month_start, region_id, cut_customer_region),
        (month_start, department_id, cut_customer_region),
        (month_start, team_id, cut_customer_region),
        (month_start, rep_id, cut_customer_region),
        (quarter_start, company_id, cut_customer_region),
        (quarter_start, region_id, cut_customer_region),
        (quarter_start, department_id, cut_customer_region),
        (quarter_start, team_id, cut_customer_region),
        (quarter_start, rep_id, cut_customer_region),
        (year_start, company_id, cut_customer_region),
        (year_start, region_id, cut_customer_region),
        (year_start, department_id, cut_customer_region),
        (year_start, team_id, cut_customer_region),
        (year_start, rep_id, cut_customer_region)
    )
),

compared_by_invoice_date_by_customer_region as (
    -- Parts of periods: the same working days as the running one has, and the running one by the day before.
    select
        spans.is_to_date,
        spans.grain,
        spans.period_start,
        case when grouping(company_id) = 0 then 'company' when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department' when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' end as level,
        coalesce(company_id, region_id, department_id, team_id, rep_id) as unit_id,
        'customer_region' as cut,
        cut_customer_region as cut_value,
        cast(sum(revenue) as decimal(38,12)) as revenue
    from placed_by_invoice_date_by_customer_region
    inner join (
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from spans where span = 'period' and is_to_date
        union
        select span, is_to_date, grain, period_start, period_end, first_day, last_day from goal_spans where kpi_id in ('partner_revenue_share', 'revenue') and cut = 'customer_region'
    ) as spans on placed_by_invoice_date_by_customer_region.day between spans.first_day and spans.last_day
    where spans.grain in ('month', 'quarter', 'year')
    group by grouping sets (
        (spans.is_to_date, spans.grain, spans.period_start, company_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, region_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, department_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, team_id, cut_customer_region),
        (spans.is_to_date, spans.grain, spans.period_start, rep_id, cut_customer_region)
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
        partner_revenue_share__numerator,
        partner_revenue_share__denominator,
        cast(null as decimal(38,12)) as revenue
    from grouped_by_invoice_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        partner_revenue_share__numerator,
        partner_revenue_share__denominator,
        cast(null as decimal(38,12)) as revenue
    from compared_by_invoice_date
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        revenue
    from grouped_by_invoice_date_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        revenue
    from compared_by_invoice_date_2
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        cast(null as decimal(38,12)) as revenue
    from grouped_by_invoice_date_by_partner
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        cast(null as decimal(38,12)) as revenue
    from compared_by_invoice_date_by_partner
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        revenue
    from grouped_by_invoice_date_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        revenue
    from compared_by_invoice_date_by_segment
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        revenue
    from grouped_by_invoice_date_by_customer_region
    union all
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(null as decimal(38,12)) as partner_revenue_share__numerator,
        cast(null as decimal(38,12)) as partner_revenue_share__denominator,
        revenue
    from compared_by_invoice_date_by_customer_region
)

select * from final
