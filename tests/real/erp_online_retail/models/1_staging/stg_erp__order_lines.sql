-- One row per line of an invoice, numbered within it.
with lines as (
    select
        invoice_id,
        product_id,
        quantity,
        unit_price,
        customer_id,
        invoice_date,
        currency,
        _batch_id,
        _row_number
    from {{ ref('stg_erp__invoice_lines') }}
),

final as (
    select
        invoice_id as order_id,
        row_number() over (partition by invoice_id order by _batch_id, _row_number) as line_no,
        product_id,
        quantity,
        unit_price,
        cast(quantity * unit_price as decimal(18, 4)) as amount_net,
        currency,
        invoice_date as order_date,
        customer_id,
        case when invoice_id like 'C%' then 'cancelled' else 'delivered' end as status
    from lines
)

select * from final
