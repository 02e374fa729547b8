-- Rows in = rows out: what was computed for a period is published, live, with the same figure.
with numbers as (
    select * from {{ ref('kpi_numbers') }}
    union all
    select * from {{ ref('goal_numbers') }}
)

select numbers.kpi_id, numbers.grain, numbers.period_start, numbers.level, numbers.unit_id, numbers.cut, numbers.cut_value
from numbers
left join {{ ref('kpi_values') }} as published
    on numbers.kpi_id = published.kpi_id
    and numbers.grain = published.grain
    and numbers.period_start = published.period_start
    and numbers.level = published.level
    and numbers.unit_id = published.unit_id
    and numbers.cut = published.cut
    and numbers.cut_value = published.cut_value
where not numbers.is_to_date
    and numbers.value is not null
    and (published.kpi_id is null or published.value_now <> {{ half_up('numbers.value') }})
