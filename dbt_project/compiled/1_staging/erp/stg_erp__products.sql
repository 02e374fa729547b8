-- One row per usable record of raw_erp.products, in business names and UTC.
-- Compiled by `kpi compile` from sources/erp.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_erp', 'products') }}
),

records as (
    select
        {{ adapter.quote("product_no") }} as product_id,
        {{ adapter.quote("description") }} as name,
        {{ adapter.quote("category") }} as category,
        {{ adapter.quote("unit_cost") }} as unit_cost,
        {{ adapter.quote("list_price") }} as list_price,
        {{ adapter.quote("active") }} as is_active,
        _batch_id,
        _row_number
    from {{ source('raw_erp', 'products') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        product_id,
        name,
        category,
        unit_cost,
        list_price,
        case when trim(is_active) = 'Y' then true when trim(is_active) = 'N' then false end as is_active,
        'CNY' as currency,
        'erp' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
