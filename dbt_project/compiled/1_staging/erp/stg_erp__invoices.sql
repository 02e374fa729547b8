-- One row per usable record of raw_erp.invoices, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_erp', 'invoices') }}
),

records as (
    select
        {{ adapter.quote("invoice_no") }} as invoice_id,
        {{ adapter.quote("kind") }} as kind,
        {{ adapter.quote("status") }} as status,
        {{ adapter.quote("customer_no") }} as customer_id,
        {{ adapter.quote("order_no") }} as order_id,
        {{ adapter.quote("contract_no") }} as contract_id,
        {{ adapter.quote("salesperson") }} as owner_id,
        {{ adapter.quote("invoice_date") }} as invoice_date,
        {{ adapter.quote("amount_net") }} as amount_net,
        {{ adapter.quote("tax") }} as tax,
        _batch_id,
        _row_number
    from {{ source('raw_erp', 'invoices') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        invoice_id,
        kind,
        status,
        customer_id,
        order_id,
        contract_id,
        owner_id,
        invoice_date,
        amount_net,
        tax,
        'CNY' as currency,
        'erp' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
