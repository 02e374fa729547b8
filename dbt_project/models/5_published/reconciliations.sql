-- One row per reconciliation, customer and month in which two systems do not agree.
with breaks as (
    select * from {{ ref('reconciliation_breaks') }} where is_apart
),

checks as (
    select check_id, owner, label_zh, label_en from {{ source('definitions', 'reconciliations') }}
),

final as (
    select
        breaks.check_id as {{ adapter.quote('check') }},
        breaks.customer_id,
        breaks.month,
        breaks.left_amount,
        breaks.right_amount,
        breaks.difference,
        breaks.age_days,
        case when breaks.is_due then 'break' else 'waiting' end as state,
        checks.owner,
        checks.label_zh,
        checks.label_en
    from breaks
    inner join checks on breaks.check_id = checks.check_id
)

select * from final
