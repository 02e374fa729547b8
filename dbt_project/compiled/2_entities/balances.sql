-- One row per customer, product and day: what the customer holds; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as customer_id,
    cast(null as string) as product_id,
    cast(null as date) as day,
    cast(null as decimal(18,4)) as balance,
    cast(null as int) as overdue_days,
    cast(null as string) as owner_id,
    cast(null as string) as branch,
    cast(null as string) as currency
where false
