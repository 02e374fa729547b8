-- One row per key of a customer in one system, and the customer it stands for.
-- Compiled by `kpi compile` from kpi_definitions/matching.yml; change that, not this.
{{ config(materialized='ephemeral') }}
select
    source_system,
    customer_id as source_key,
    customer_id,
    cast('same_key' as string) as rule,
    cast(1 as decimal(5, 4)) as confidence,
    cast(null as timestamp) as matched_at,
    cast(1 as int) as candidates
from {{ ref('customers') }}
