-- One row per item, its number marked as of QuickBooks: other systems count their products from 1, too.
with items as (
    select
        item_id,
        name,
        category,
        unit_cost,
        list_price,
        is_active,
        currency
    from {{ ref('stg_quickbooks__item') }}
),

final as (
    select
        'QB-' || item_id as product_id,
        name,
        category,
        unit_cost,
        list_price,
        currency,
        is_active
    from items
)

select * from final
