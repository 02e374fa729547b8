-- Sums and counts of all units of a level, `unassigned` included, are the company's: nothing lost, nothing counted twice.
-- The live figures: a closed one stays where it was when a late record or a new chart of the company moves the rest.
with numbers as (
    select numbers.kpi_id, numbers.grain, numbers.period_start, numbers.level, numbers.cut, numbers.value
    from {{ ref('kpi_numbers') }} as numbers
    inner join {{ source('definitions', 'kpis') }} as kpis
        on numbers.kpi_id = kpis.kpi_id and numbers.definition_version = kpis.definition_version and kpis.is_additive
    where not numbers.is_to_date
),

figures as (
    select kpi_id, grain, period_start, level, cut, sum(value) as value
    from numbers
    group by kpi_id, grain, period_start, level, cut
),

company as (
    select * from figures where level = 'company' and cut = 'none'
)

select
    figures.kpi_id,
    figures.grain,
    figures.period_start,
    figures.level,
    figures.cut,
    figures.value,
    company.value as company_value
from figures
inner join company
    on figures.kpi_id = company.kpi_id
    and figures.grain = company.grain
    and figures.period_start = company.period_start
where coalesce(figures.value, 0) <> coalesce(company.value, 0)
    and not (figures.grain = 'day' and figures.level = 'rep')
