-- One row per usable record of raw_erp.order_lines, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_erp', 'order_lines') }}
),

records as (
    select
        {{ adapter.quote("order_no") }} as order_id,
        {{ adapter.quote("line_no") }} as line_no,
        {{ adapter.quote("product_no") }} as product_id,
        {{ adapter.quote("quantity") }} as quantity,
        {{ adapter.quote("unit_price") }} as unit_price,
        {{ adapter.quote("amount_net") }} as amount_net,
        {{ adapter.quote("unit_cost") }} as unit_cost,
        {{ adapter.quote("order_date") }} as order_date,
        {{ adapter.quote("customer_no") }} as customer_id,
        {{ adapter.quote("salesperson") }} as owner_id,
        {{ adapter.quote("channel") }} as channel,
        {{ adapter.quote("status") }} as status,
        _batch_id,
        _row_number
    from {{ source('raw_erp', 'order_lines') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        order_id,
        line_no,
        product_id,
        quantity,
        unit_price,
        amount_net,
        unit_cost,
        order_date,
        customer_id,
        owner_id,
        channel,
        status,
        'CNY' as currency,
        'erp' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
