-- One row per line of an invoice, numbered within it.
with lines as (
    select
        invoice_id,
        product_id,
        description,
        quantity,
        unit_price,
        customer_id,
        invoice_date,
        currency,
        _batch_id,
        _row_number
    from {{ ref('stg_erp__invoice_lines') }}
),

-- Repeated to the minute, which staging has no longer.
repeats as (
    select
        _batch_id,
        _row_number,
        row_number() over (
            partition by invoiceno, stockcode, description, quantity, invoicedate, unitprice, customerid, country
            order by _batch_id, _row_number
        ) > 1 as is_repeat
    from {{ source('raw_erp', 'invoice_lines') }}
),

final as (
    select
        lines.invoice_id as order_id,
        row_number() over (
            partition by lines.invoice_id order by lines._batch_id, lines._row_number
        ) as line_no,
        lines.product_id,
        lines.quantity,
        lines.unit_price,
        cast(lines.quantity * lines.unit_price as decimal(18, 4)) as amount_net,
        lines.currency,
        lines.invoice_date as order_date,
        lines.customer_id,
        case when lines.invoice_id like 'C%' then 'cancelled' else 'delivered' end as status,
        lines.description as x_description,
        repeats.is_repeat as x_is_repeat
    from lines
    inner join repeats on lines._batch_id = repeats._batch_id and lines._row_number = repeats._row_number
)

select * from final
