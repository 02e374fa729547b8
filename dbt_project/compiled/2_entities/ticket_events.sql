-- One row per change of a ticket; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'ticket_events'
)

select
    cast('desk' as string) as source_system,
    cast(ticket_id as string) as ticket_id,
    cast(event_no as bigint) as event_no,
    cast(changed_at as timestamp) as changed_at,
    cast(kind as string) as kind,
    cast(from_value as string) as from_value,
    cast(to_value as string) as to_value,
    cast(agent_id as string) as by_agent,
    cast(agent_id as string) as agent_id,
    cast(team_id as string) as team_id,
    cast(product_id as string) as product_id,
    cast(customer_id as string) as customer_id
from {{ ref('stg_desk__ticket_events') }}
where not exists (select 1 from blocked)
