-- Every sum and count of every KPI, added up over all periods, is what its delivered rows add up to: to the cent.
-- A blocked entity keeps its last good rows, which today's delivery is not.
select
    totals.measure,
    totals.kpi_id,
    totals.source_total,
    totals.published_total
from {{ ref('source_totals') }} as totals
left join {{ source('gate', 'blocked_entities') }} as blocked on totals.entity = blocked.entity
where blocked.entity is null and abs(totals.source_total - totals.published_total) >= 0.005
