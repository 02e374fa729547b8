-- One row per stay of a deal in a stage.
with delivered as (
    select * from {{ ref('delivered_deal_stages') }}
),

deals as (
    select deal_id, status, expected_close_date from {{ ref('delivered_deals') }}
),

run as (
    select run.as_of_date, company.time_zone
    from {{ source('definitions', 'run') }} as run
    cross join {{ source('definitions', 'company') }} as company
),

-- From stays that are over only: one that still runs, or ended on the business date itself, says nothing yet.
stages as (
    select
        delivered.stage,
        cast(
            {{ divide("sum(case when deals.status = 'won' then 1 else 0 end)", "count(*)") }} as decimal(18, 12)
        ) as win_probability
    from delivered
    cross join run
    inner join deals on delivered.deal_id = deals.deal_id
    where deals.status in ('won', 'lost')
        and {{ local_date('delivered.left_at', 'run.time_zone') }} < run.as_of_date
    group by delivered.stage
),

final as (
    select
        delivered.*,
        stages.win_probability,
        deals.expected_close_date
    from delivered
    left join stages on delivered.stage = stages.stage
    left join deals on delivered.deal_id = deals.deal_id
)

select * from final
