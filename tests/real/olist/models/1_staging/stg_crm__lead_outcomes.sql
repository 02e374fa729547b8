-- One row per lead, and when it was won.
with leads as (
    select
        lead_id,
        created_at,
        source
    from {{ ref('stg_crm__leads') }}
),

deals as (
    select
        lead_id,
        seller_id,
        owner_id,
        closed_at,
        x_segment,
        x_declared_monthly_revenue
    from {{ ref('stg_crm__closed_deals') }}
),

final as (
    select
        leads.lead_id,
        leads.created_at,
        leads.source,
        deals.owner_id,
        case when deals.lead_id is null then 'open' else 'won' end as status,
        false as is_junk,
        deals.closed_at as converted_at,
        deals.lead_id as deal_id
    from leads
    left join deals on leads.lead_id = deals.lead_id
)

select * from final
