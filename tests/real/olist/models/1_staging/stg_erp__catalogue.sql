-- One row per product, its category in English where there is a word for it.
with products as (
    select
        product_id,
        category
    from {{ ref('stg_erp__products') }}
),

names as (
    select
        product_category_name as category,
        product_category_name_english as name_en
    from {{ source('raw_erp', 'category_names') }}
),

final as (
    select
        products.product_id,
        products.product_id as name,
        coalesce(names.name_en, products.category) as category,
        true as is_active
    from products
    left join names on products.category = names.category
)

select * from final
