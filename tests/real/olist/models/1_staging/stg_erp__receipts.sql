-- One row per part payment of an order; pending where the order was never approved.
with payments as (
    select
        order_id,
        sequence_no,
        amount
    from {{ ref('stg_erp__payments') }}
),

approvals as (
    select
        order_id,
        order_date,
        approved_date,
        currency
    from {{ ref('stg_erp__orders') }}
),

buyers as (
    select
        order_id,
        customer_id
    from {{ ref('stg_erp__order_totals') }}
),

final as (
    select
        payments.order_id || '-' || cast(payments.sequence_no as varchar) as payment_id,
        buyers.customer_id,
        coalesce(approvals.approved_date, approvals.order_date) as paid_date,
        payments.amount,
        approvals.currency,
        case when approvals.approved_date is null then 'pending' else 'approved' end as status
    from payments
    inner join approvals on payments.order_id = approvals.order_id
    inner join buyers on payments.order_id = buyers.order_id
)

select * from final
