-- One row per reconciliation, customer and month; is_apart where both sides differ by more than the tolerance.
with reconciled as (
    select * from {{ ref('reconciled') }}
),

checks as (
    select check_id, tolerance_share, tolerance_amount, grace_days from {{ source('definitions', 'reconciliations') }}
),

months as (
    select month_start as month, max(day) as month_end from {{ ref('calendar_days') }} group by month_start
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

measured as (
    select
        reconciled.check_id,
        reconciled.customer_id,
        reconciled.month,
        reconciled.left_amount,
        reconciled.right_amount,
        reconciled.left_amount - reconciled.right_amount as difference,
        greatest(
            checks.tolerance_amount,
            cast(
                checks.tolerance_share * greatest(abs(reconciled.left_amount), abs(reconciled.right_amount))
                as decimal(38, 6)
            )
        ) as allowed,
        greatest({{ days_between('months.month_end', 'run.as_of_date') }}, 0) as age_days,
        checks.grace_days
    from reconciled
    inner join checks on reconciled.check_id = checks.check_id
    inner join months on reconciled.month = months.month
    cross join run
),

final as (
    select
        check_id,
        customer_id,
        month,
        left_amount,
        right_amount,
        difference,
        cast(age_days as int) as age_days,
        age_days >= grace_days as is_due,
        abs(difference) > allowed as is_apart
    from measured
)

select * from final
