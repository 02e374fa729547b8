-- One row per review of an order.
with reviews as (
    select
        review_id,
        order_id,
        score,
        sent_at,
        answered_at
    from {{ ref('stg_erp__reviews') }}
),

buyers as (
    select
        order_id,
        customer_id
    from {{ ref('stg_erp__order_totals') }}
),

final as (
    select
        reviews.review_id || '-' || reviews.order_id as survey_id,
        'csat' as kind,
        buyers.customer_id,
        reviews.sent_at,
        reviews.answered_at,
        reviews.score,
        5 as scale_max,
        reviews.review_id as x_review_id,
        reviews.order_id as x_order_id
    from reviews
    inner join buyers on reviews.order_id = buyers.order_id
)

select * from final
