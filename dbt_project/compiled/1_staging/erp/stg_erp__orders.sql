
  
  create view "warehouse"."staging"."stg_erp__orders__dbt_tmp" as (
    -- One row per usable record of raw_erp.orders, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_erp"."orders"
),

records as (
    select
        "order_no" as order_id,
        "customer_no" as customer_id,
        "salesperson" as owner_id,
        "channel" as channel,
        "deal_no" as deal_id,
        "contract_no" as contract_id,
        "order_date" as order_date,
        "promised_date" as promised_date,
        "delivered_date" as delivered_date,
        "status" as status,
        "amount_gross" as amount_gross,
        "discount" as discount,
        "amount_net" as amount_net,
        _batch_id,
        _row_number
    from "warehouse"."raw_erp"."orders" as delivered
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
  );
