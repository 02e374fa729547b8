-- One row per course enrolment; as delivered by every enabled system.
-- Compiled by `kpi compile` from no source; change that, not this.
{{ config(materialized='ephemeral') }}
select
    cast(null as string) as source_system,
    cast(null as string) as enrolment_id,
    cast(null as string) as customer_id,
    cast(null as string) as course_id,
    cast(null as string) as owner_id,
    cast(null as string) as campus,
    cast(null as date) as enrolled_date,
    cast(null as date) as due_date,
    cast(null as date) as completed_date,
    cast(null as decimal(18,4)) as amount,
    cast(null as string) as currency
where false
