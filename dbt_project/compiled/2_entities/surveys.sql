-- One row per answer to a survey, or request not answered; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/desk.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'surveys'
)

select
    cast('desk' as string) as source_system,
    cast(survey_id as string) as survey_id,
    cast(kind as string) as kind,
    cast(customer_id as string) as customer_id,
    cast(null as string) as employee_id,
    cast(ticket_id as string) as ticket_id,
    cast(agent_id as string) as agent_id,
    cast(null as string) as owner_id,
    cast(product_id as string) as product_id,
    cast(channel as string) as channel,
    cast(null as string) as site,
    cast(ticket_kind as string) as ticket_kind,
    cast(sent_at as timestamp) as sent_at,
    cast(answered_at as timestamp) as answered_at,
    cast(score as decimal(18,4)) as score,
    cast(scale_max as int) as scale_max,
    cast(null as string) as comment
from {{ ref('stg_desk__surveys') }}
where not exists (select 1 from blocked)
