-- One row per stay of a deal in a stage.
with delivered as (
    select * from {{ ref('delivered_deal_stages') }}
),

-- As delivered: deals themselves are made from stays.
closed_deals as (
    select deal_id, case when status = 'won' then 1 else 0 end as won
    from {{ ref('delivered_deals') }}
    where status in ('won', 'lost')
),

run as (
    select run.as_of_date, company.time_zone
    from {{ source('definitions', 'run') }} as run
    cross join {{ source('definitions', 'company') }} as company
),

-- A deal that came back to a stage stayed there twice, and counts twice: the probability is that of a stay.
probabilities as (
    select
        delivered.stage,
        cast({{ divide('sum(closed_deals.won)', 'count(*)') }} as decimal(18, 12)) as win_probability
    from delivered
    inner join closed_deals on delivered.deal_id = closed_deals.deal_id
    cross join run
    where {{ local_date('delivered.left_at', 'run.time_zone') }} < run.as_of_date
    group by delivered.stage
),

final as (
    select
        delivered.*,
        probabilities.win_probability
    from delivered
    left join probabilities on delivered.stage = probabilities.stage
)

select * from final
