-- One row per sales rep and the day a quota begins.
with quotas as (
    select
        businessentityid as employee_id,
        cast(quotadate as date) as begins_date,
        salesquota as quota
    from {{ source('raw_adventureworks', 'sales_person_quota_history') }}
),

final as (
    select
        'revenue' as kpi_id,
        'rep' as level,
        employee_id as unit_id,
        begins_date as period_start,
        cast(quota as decimal(38, 6)) as target
    from quotas
)

select * from final
