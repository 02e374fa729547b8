-- One row per goal, revision, value of its cut, grain and period: how much of its targets was due by the business date, and
-- by the day before.
{{ config(materialized='ephemeral') }}
with goals as (
    select
        goal_id, revision, cut_value, grain, period_start, range_low, range_high, phasing, accumulate, basis, green, amber,
        goal_state, is_in_force, recorded_at, recorded_by, label_zh, label_en, max(period_end) as period_end
    from {{ source('definitions', 'goals') }}
    group by
        goal_id, revision, cut_value, grain, period_start, range_low, range_high, phasing, accumulate, basis, green, amber,
        goal_state, is_in_force, recorded_at, recorded_by, label_zh, label_en
),

periods as (
    select * from {{ ref('all_periods') }}
),

due_shares as (
    select goal_id, grain, period_start, share_due, share_due_before from {{ ref('due_shares') }}
),

-- What is due of each goal is the same for all its units. A period of holidays only has no working days to spread over.
final as (
    select
        goals.*,
        periods.working_days - periods.working_days_to_date as working_days_left,
        periods.is_started,
        periods.is_partial,
        {{ share_due('') }} as share_due,
        {{ share_due('_before') }} as share_due_before
    from goals
    inner join periods on goals.grain = periods.grain and goals.period_start = periods.period_start
    left join due_shares
        on goals.goal_id = due_shares.goal_id
        and goals.grain = due_shares.grain
        and goals.period_start = due_shares.period_start
)

select * from final
