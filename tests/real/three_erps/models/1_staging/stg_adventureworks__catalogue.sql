-- One row per product with its category, under its product number: plain numbers are those of Northwind, too.
with products as (
    select
        number_in_erp,
        product_id,
        name,
        subcategory_id,
        unit_cost,
        list_price,
        discontinued_date
    from {{ ref('stg_adventureworks__product') }}
),

subcategories as (
    select
        productsubcategoryid as subcategory_id,
        productcategoryid as category_id
    from {{ source('raw_adventureworks', 'product_subcategory') }}
),

categories as (
    select
        productcategoryid as category_id,
        name
    from {{ source('raw_adventureworks', 'product_category') }}
),

final as (
    select
        products.product_id,
        products.name,
        categories.name as category,
        products.unit_cost,
        products.list_price,
        'USD' as currency,
        products.discontinued_date is null as is_active
    from products
    left join subcategories on products.subcategory_id = subcategories.subcategory_id
    left join categories on subcategories.category_id = categories.category_id
)

select * from final
