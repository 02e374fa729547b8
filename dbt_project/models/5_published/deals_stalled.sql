-- One row per open deal that stays in its stage for longer than nine in ten deals did in the last year.
with stays as (
    select deal_id, stage, entered_at, left_at from {{ ref('deal_stages') }}
),

deals as (
    select deal_id, source_system, owner_id, customer_id from {{ ref('deals') }} where status = 'open'
),

company as (
    select time_zone from {{ source('definitions', 'company') }}
),

run as (
    select as_of_date from {{ source('definitions', 'run') }}
),

dated as (
    select
        stays.deal_id,
        stays.stage,
        {{ local_date('stays.entered_at', 'company.time_zone') }} as entered_date,
        {{ local_date('stays.left_at', 'company.time_zone') }} as left_date,
        row_number() over (partition by stays.deal_id order by stays.entered_at desc) as newest
    from stays
    cross join company
),

finished as (
    select dated.stage, {{ days_between('dated.entered_date', 'dated.left_date') }} as days
    from dated
    cross join run
    where dated.left_date <= run.as_of_date and dated.left_date > {{ add_days('run.as_of_date', -365) }}
),

-- A stage that fewer than twenty deals have left says nothing of what is usual there.
usual as (
    select stage, {{ exact_percentile('days', 0.9) }} as usual_days
    from finished
    group by stage
    having count(*) >= 20
),

current_stays as (
    select
        dated.deal_id,
        dated.stage,
        dated.entered_date,
        {{ days_between('dated.entered_date', 'run.as_of_date') }} as days_in_stage
    from dated
    cross join run
    where dated.newest = 1 and dated.left_date is null and dated.entered_date <= run.as_of_date
),

final as (
    select
        deals.deal_id,
        deals.source_system,
        deals.owner_id,
        deals.customer_id,
        current_stays.stage,
        current_stays.entered_date,
        cast(current_stays.days_in_stage as int) as days_in_stage,
        {{ half_up('usual.usual_days') }} as usual_days
    from current_stays
    inner join deals on current_stays.deal_id = deals.deal_id
    inner join usual on current_stays.stage = usual.stage
    where current_stays.days_in_stage > usual.usual_days
)

select * from final
