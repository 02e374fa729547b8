-- One row per service case; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
{{ config(materialized='ephemeral') }}
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'tickets'
)

select
    cast('desk' as string) as source_system,
    cast(ticket_id as string) as ticket_id,
    cast(customer_id as string) as customer_id,
    cast(agent_id as string) as agent_id,
    cast(team_id as string) as team_id,
    cast(product_id as string) as product_id,
    cast(null as string) as partner_id,
    cast(channel as string) as channel,
    cast(null as string) as site,
    cast(kind as string) as kind,
    cast(priority as string) as priority,
    cast(status as string) as status,
    cast(created_at as timestamp) as created_at,
    cast(first_response_at as timestamp) as first_response_at,
    cast(first_resolved_at as timestamp) as first_resolved_at,
    cast(resolved_at as timestamp) as resolved_at,
    cast(reopened_at as timestamp) as reopened_at,
    cast(closed_at as timestamp) as closed_at,
    cast(reopened_count as int) as reopened_count,
    cast(response_due_at as timestamp) as response_due_at,
    cast(resolution_due_at as timestamp) as resolution_due_at,
    cast(null as boolean) as source_is_response_in_sla,
    cast(null as boolean) as source_is_resolution_in_sla
from {{ ref('stg_desk__tickets') }}
where not exists (select 1 from blocked)
