-- One row per opportunity.
with delivered as (
    select * from {{ ref('delivered_deals') }}
),

company as (
    select time_zone from {{ source('definitions', 'company') }}
),

stays as (
    select deal_id from {{ ref('deal_stages') }} group by deal_id
),

final as (
    select
        delivered.*,
        stays.deal_id is not null as has_stage_history,
        -- Whole local days, as people count them: won on the day it was created is 0.
        case when delivered.status in ('won', 'lost') then cast({{ days_between(
            local_date('delivered.created_at', 'company.time_zone'), local_date('delivered.closed_at', 'company.time_zone')
        ) }} as int) end as cycle_days
    from delivered
    cross join company
    left join stays on delivered.deal_id = stays.deal_id
)

select * from final
