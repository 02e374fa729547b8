-- One row per purchase order, with what became of its lines.
with headers as (
    select
        purchaseorderid as purchase_id,
        vendorid as vendor_id,
        cast(orderdate as date) as order_date,
        shipdate as shipped_at,
        subtotal,
        totaldue as total_due
    from {{ source('raw_adventureworks', 'purchase_order_header') }}
),

lines as (
    select
        purchaseorderid as purchase_id,
        purchaseorderdetailid as line_id,
        duedate as due_at,
        receivedqty as received,
        rejectedqty as rejected
    from {{ source('raw_adventureworks', 'purchase_order_detail') }}
),

final as (
    select
        headers.purchase_id as cost_id,
        headers.order_date as period_start,
        headers.order_date as period_end,
        'purchase' as kind,
        headers.subtotal as amount,
        'USD' as currency,
        headers.vendor_id as x_vendor_id,
        headers.total_due as x_total_due,
        count(lines.line_id) as x_lines,
        cast(sum(case when headers.shipped_at <= lines.due_at then 1 else 0 end) as bigint) as x_lines_in_time,
        cast(sum(lines.received) as decimal(18, 4)) as x_received,
        cast(sum(lines.rejected) as decimal(18, 4)) as x_rejected
    from headers
    inner join lines on headers.purchase_id = lines.purchase_id
    group by all
)

select * from final
