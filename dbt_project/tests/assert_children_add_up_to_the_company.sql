-- Sums and counts of all units of a level, `unassigned` included, are the company's: nothing lost, nothing counted twice.
with figures as (
    select unit_values.kpi_id, unit_values.grain, unit_values.period_start, unit_values.level, sum(unit_values.value) as value
    from {{ ref('unit_values') }} as unit_values
    inner join {{ source('definitions', 'kpis') }} as kpis on unit_values.kpi_id = kpis.kpi_id and kpis.is_additive
    group by unit_values.kpi_id, unit_values.grain, unit_values.period_start, unit_values.level
),

company as (
    select * from figures where level = 'company'
)

select
    figures.kpi_id,
    figures.grain,
    figures.period_start,
    figures.level,
    figures.value,
    company.value as company_value
from figures
inner join company
    on figures.kpi_id = company.kpi_id
    and figures.grain = company.grain
    and figures.period_start = company.period_start
where coalesce(figures.value, 0) <> coalesce(company.value, 0)
