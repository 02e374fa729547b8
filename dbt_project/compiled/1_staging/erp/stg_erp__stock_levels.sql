
  
  create view "warehouse"."staging"."stg_erp__stock_levels__dbt_tmp" as (
    -- One row per usable record of raw_erp.stock_levels, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_erp"."stock_levels"
),

records as (
    select
        "product_no" as product_id,
        "place" as place,
        "day" as day,
        "quantity" as quantity,
        "value" as value,
        _batch_id,
        _row_number
    from "warehouse"."raw_erp"."stock_levels" as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        product_id,
        case when place = 'SH' then 'shanghai' when place = 'GZ' then 'guangzhou' end as place,
        day,
        quantity,
        value,
        'CNY' as currency,
        'erp' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
  );
