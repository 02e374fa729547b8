-- One row per product and place: what was counted there last.
with counted as (
    select
        number_in_erp,
        location_id,
        quantity,
        counted_date
    from {{ ref('stg_adventureworks__product_inventory') }}
),

products as (
    select
        number_in_erp,
        product_id,
        unit_cost
    from {{ ref('stg_adventureworks__product') }}
),

places as (
    select
        locationid as location_id,
        name
    from {{ source('raw_adventureworks', 'location') }}
),

final as (
    select
        products.product_id,
        places.name as place,
        counted.counted_date as day,
        counted.quantity,
        cast(counted.quantity * products.unit_cost as decimal(18, 4)) as value,
        'USD' as currency
    from counted
    inner join products on counted.number_in_erp = products.number_in_erp
    inner join places on counted.location_id = places.location_id
)

select * from final
