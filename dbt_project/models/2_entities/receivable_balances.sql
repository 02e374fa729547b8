-- One row per receivable and span of days on which the same amount of it was overdue.
with receivables as (
    select receivable_id, due_date, amount_due, customer_id, owner_id, currency
    from {{ ref('receivables') }}
    where amount_due > 0
),

-- From its paid_date on, and not before the first overdue day: what was paid in time counts from the start.
payments as (
    select
        payments.receivable_id,
        greatest(payments.paid_date, {{ add_days('receivables.due_date', 1) }}) as day,
        payments.amount as paid
    from {{ ref('payments') }} as payments
    inner join receivables on payments.receivable_id = receivables.receivable_id
    where payments.status = 'approved'
),

changes as (
    select receivable_id, {{ add_days('due_date', 1) }} as day, 0 as paid, 1 as is_start from receivables
    union all
    select receivable_id, day, paid, 0 as is_start from payments
),

-- A payment and its reversal on one day change nothing, so they begin no span.
days as (
    select receivable_id, day, sum(paid) as paid
    from changes
    group by receivable_id, day
    having sum(paid) <> 0 or max(is_start) = 1
),

spans as (
    select
        receivable_id,
        day as from_date,
        lead(day) over (partition by receivable_id order by day) as until_date,
        sum(paid) over (partition by receivable_id order by day) as paid
    from days
),

final as (
    select
        spans.receivable_id,
        spans.from_date,
        spans.until_date,
        cast(receivables.amount_due - spans.paid as decimal(18, 4)) as unpaid_amount,
        receivables.customer_id,
        receivables.owner_id,
        receivables.currency
    from spans
    inner join receivables on spans.receivable_id = receivables.receivable_id
    where receivables.amount_due > spans.paid
)

select * from final
