-- One row per review of a product.
with reviews as (
    select
        survey_id,
        number_in_erp,
        answered_at,
        score
    from {{ ref('stg_adventureworks__product_review') }}
),

products as (
    select
        number_in_erp,
        product_id,
        unit_cost
    from {{ ref('stg_adventureworks__product') }}
),

final as (
    select
        reviews.survey_id,
        'csat' as kind,
        products.product_id,
        reviews.answered_at,
        reviews.score,
        5 as scale_max
    from reviews
    inner join products on reviews.number_in_erp = products.number_in_erp
)

select * from final
