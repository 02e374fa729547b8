-- Rows in = rows out: what was computed for a month, quarter or year is published with the same numerator.
select numbers.kpi_id, numbers.grain, numbers.period_start, numbers.level, numbers.unit_id
from {{ ref('kpi_numbers') }} as numbers
left join {{ ref('kpi_values') }} as published
    on numbers.kpi_id = published.kpi_id
    and numbers.grain = published.grain
    and numbers.period_start = published.period_start
    and numbers.level = published.level
    and numbers.unit_id = published.unit_id
where numbers.grain in ('month', 'quarter', 'year')
    and (published.numerator is null or published.numerator <> numbers.numerator)
