
  
  create view "warehouse"."staging"."stg_erp__payments__dbt_tmp" as (
    -- One row per usable record of raw_erp.payments, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_erp"."payments"
),

records as (
    select
        "payment_no" as payment_id,
        "customer_no" as customer_id,
        "receivable_no" as receivable_id,
        "invoice_no" as invoice_id,
        "contract_no" as contract_id,
        "salesperson" as owner_id,
        "paid_date" as paid_date,
        "amount" as amount,
        "status" as status,
        _batch_id,
        _row_number
    from "warehouse"."raw_erp"."payments" as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        payment_id,
        customer_id,
        receivable_id,
        invoice_id,
        contract_id,
        owner_id,
        paid_date,
        amount,
        status,
        'CNY' as currency,
        'erp' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
  );
