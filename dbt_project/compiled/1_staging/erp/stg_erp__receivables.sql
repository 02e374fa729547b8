-- One row per usable record of raw_erp.receivables, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_erp', 'receivables') }}
),

records as (
    select
        {{ adapter.quote("receivable_no") }} as receivable_id,
        {{ adapter.quote("customer_no") }} as customer_id,
        {{ adapter.quote("contract_no") }} as contract_id,
        {{ adapter.quote("invoice_no") }} as invoice_id,
        {{ adapter.quote("salesperson") }} as owner_id,
        {{ adapter.quote("due_date") }} as due_date,
        {{ adapter.quote("amount_due") }} as amount_due,
        _batch_id,
        _row_number
    from {{ source('raw_erp', 'receivables') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        receivable_id,
        customer_id,
        contract_id,
        invoice_id,
        owner_id,
        due_date,
        amount_due,
        'CNY' as currency,
        'erp' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
