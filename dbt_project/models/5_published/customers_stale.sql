-- One row per customer in use whose record nobody has updated for as many months as company.yml allows.
with customers as (
    select customer_id, source_system, owner_id, updated_at
    from {{ ref('customers') }}
    where status in ('active', 'inactive') and updated_at is not null
),

company as (
    select time_zone, stale_after_months from {{ source('definitions', 'company') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

dated as (
    select
        customers.customer_id,
        customers.source_system,
        customers.owner_id,
        {{ local_date('customers.updated_at', 'company.time_zone') }} as updated_date
    from customers
    cross join company
),

final as (
    select
        dated.customer_id,
        dated.source_system,
        dated.owner_id,
        dated.updated_date,
        cast({{ days_between('dated.updated_date', 'run.as_of_date') }} as int) as days_since
    from dated
    cross join company
    cross join run
    where dated.updated_date < {{ add_months('run.as_of_date', '-company.stale_after_months') }}
)

select * from final
