-- One row per receivable and span of days on which the same amount of it was overdue.
with receivables as (
    select receivable_id, customer_id, owner_id, due_date, amount_due
    from {{ ref('receivables') }}
    where due_date is not null
),

payments as (
    select receivable_id, paid_date, sum(amount) as amount
    from {{ ref('payments') }}
    where status = 'approved' and receivable_id is not null and paid_date is not null
    group by receivable_id, paid_date
),

-- The day after it was due, and each later day on which money came in.
steps as (
    select receivable_id, {{ add_days('due_date', 1) }} as day, cast(0 as decimal(18, 4)) as amount
    from receivables
    union all
    select
        payments.receivable_id,
        greatest(payments.paid_date, {{ add_days('receivables.due_date', 1) }}) as day,
        payments.amount
    from payments
    inner join receivables on payments.receivable_id = receivables.receivable_id
),

days as (
    select receivable_id, day, sum(amount) as amount from steps group by receivable_id, day
),

spans as (
    select
        receivable_id,
        day as from_date,
        lead(day) over (partition by receivable_id order by day) as until_date,
        sum(amount) over (partition by receivable_id order by day) as paid
    from days
),

final as (
    select
        spans.receivable_id,
        spans.from_date,
        spans.until_date,
        cast(receivables.amount_due - spans.paid as decimal(18, 4)) as unpaid_amount,
        receivables.customer_id,
        receivables.owner_id
    from spans
    inner join receivables on spans.receivable_id = receivables.receivable_id
    where receivables.amount_due > spans.paid
)

select * from final
