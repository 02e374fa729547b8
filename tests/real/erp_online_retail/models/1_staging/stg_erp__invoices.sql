-- One row per invoice number, cancellations as credit notes; the three bad-debt adjustments (A…) are invoices too.
with orders as (
    select
        order_id,
        customer_id,
        order_date,
        status,
        amount_net,
        currency
    from {{ ref('stg_erp__orders') }}
),

final as (
    select
        order_id as invoice_id,
        case when status = 'cancelled' then 'credit_note' else 'invoice' end as kind,
        'issued' as status,
        customer_id,
        order_id,
        order_date as invoice_date,
        amount_net,
        currency
    from orders
)

select * from final
