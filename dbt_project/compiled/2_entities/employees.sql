-- One row per employee and day from which what is said of them holds; as delivered by every enabled system.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with blocked as (
    -- Filled only where the entity has no last good rows to keep (see pipelines/model/lineage.py).
    select entity from {{ source('gate', 'blocked_entities') }}
    where entity = 'employees'
)

select
    cast('crm' as string) as source_system,
    cast(employee_id as string) as employee_id,
    cast(valid_from as date) as valid_from,
    cast(name as string) as name,
    cast(unit_id as string) as unit_id,
    cast(manager_id as string) as manager_id,
    cast(role as string) as role,
    cast(null as boolean) as is_licensed,
    cast(null as timestamp) as account_created_at,
    cast(hired_date as date) as hired_date,
    cast(left_date as date) as left_date,
    cast(valid_to as date) as valid_to
from {{ ref('stg_crm__employees') }}
where not exists (select 1 from blocked)
