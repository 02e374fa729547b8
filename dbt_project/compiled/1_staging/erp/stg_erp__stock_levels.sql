-- One row per usable record of raw_erp.stock_levels, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_erp', 'stock_levels') }}
),

records as (
    select
        {{ adapter.quote("product_no") }} as product_id,
        {{ adapter.quote("place") }} as place,
        {{ adapter.quote("day") }} as day,
        {{ adapter.quote("quantity") }} as quantity,
        {{ adapter.quote("value") }} as value,
        _batch_id,
        _row_number
    from {{ source('raw_erp', 'stock_levels') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        product_id,
        case when trim(place) = 'SH' then 'shanghai' when trim(place) = 'GZ' then 'guangzhou' end as place,
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
