-- One row per seller won; the deal began with the first contact to the lead.
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
        deals.lead_id as deal_id,
        deals.owner_id,
        deals.lead_id,
        leads.created_at,
        deals.closed_at,
        'won' as status,
        'won' as stage,
        'BRL' as currency,
        deals.seller_id as x_seller_id,
        deals.x_segment,
        deals.x_declared_monthly_revenue
    from deals
    inner join leads on deals.lead_id = leads.lead_id
)

select * from final
