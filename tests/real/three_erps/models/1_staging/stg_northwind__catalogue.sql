-- One row per product with the name of its category.
with products as (
    select
        product_id,
        name,
        category_id,
        list_price,
        is_discontinued
    from {{ ref('stg_northwind__products') }}
),

categories as (
    select
        category_id,
        category_name
    from {{ source('raw_northwind', 'categories') }}
),

final as (
    select
        products.product_id,
        products.name,
        categories.category_name as category,
        cast(round(products.list_price, 2) as decimal(18, 4)) as list_price,
        'USD' as currency,
        not products.is_discontinued as is_active
    from products
    left join categories on products.category_id = categories.category_id
)

select * from final
