-- One row per company, region, department or team and day from which it holds; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'org_units'
)

select
    cast('crm' as string) as source_system,
    cast(unit_id as string) as unit_id,
    cast(valid_from as date) as valid_from,
    cast(name_zh as string) as name_zh,
    cast(name_en as string) as name_en,
    cast(level as string) as level,
    cast(parent_id as string) as parent_id,
    cast(calendar_id as string) as calendar_id,
    cast(valid_to as date) as valid_to
from {{ ref('stg_crm__org_units') }}
where not exists (select 1 from blocked)
