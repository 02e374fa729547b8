-- One row per sum of money received.
with delivered as (
    select * from {{ ref('delivered_payments') }}
),

receivables as (
    select receivable_id, due_date from {{ ref('receivables') }}
),

final as (
    select
        delivered.*,
        receivables.due_date
    from delivered
    left join receivables on delivered.receivable_id = receivables.receivable_id
)

select * from final
