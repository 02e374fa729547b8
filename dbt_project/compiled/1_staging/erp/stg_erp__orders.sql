-- One row per usable record of raw_erp.orders, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_erp', 'orders') }}
),

records as (
    select
        {{ adapter.quote("order_no") }} as order_id,
        {{ adapter.quote("customer_no") }} as customer_id,
        {{ adapter.quote("salesperson") }} as owner_id,
        {{ adapter.quote("channel") }} as channel,
        {{ adapter.quote("deal_no") }} as deal_id,
        {{ adapter.quote("contract_no") }} as contract_id,
        {{ adapter.quote("order_date") }} as order_date,
        {{ adapter.quote("promised_date") }} as promised_date,
        {{ adapter.quote("delivered_date") }} as delivered_date,
        {{ adapter.quote("status") }} as status,
        {{ adapter.quote("amount_gross") }} as amount_gross,
        {{ adapter.quote("discount") }} as discount,
        {{ adapter.quote("amount_net") }} as amount_net,
        _batch_id,
        _row_number
    from {{ source('raw_erp', 'orders') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        order_id,
        customer_id,
        owner_id,
        channel,
        deal_id,
        contract_id,
        order_date,
        promised_date,
        delivered_date,
        status,
        amount_gross,
        discount,
        amount_net,
        'CNY' as currency,
        'erp' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
