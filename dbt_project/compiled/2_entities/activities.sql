-- One row per call, visit, mail, meeting or task; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'activities'
)

select
    cast('crm' as string) as source_system,
    cast(activity_id as string) as activity_id,
    cast(kind as string) as kind,
    cast(owner_id as string) as owner_id,
    cast(customer_id as string) as customer_id,
    cast(null as string) as lead_id,
    cast(deal_id as string) as deal_id,
    cast(planned_at as timestamp) as planned_at,
    cast(due_at as timestamp) as due_at,
    cast(done_at as timestamp) as done_at,
    cast(entered_at as timestamp) as entered_at,
    cast(has_check_in as boolean) as has_check_in,
    cast(note_length as int) as note_length,
    cast(outcome as string) as outcome
from {{ ref('stg_crm__activities') }}
where not exists (select 1 from blocked)
