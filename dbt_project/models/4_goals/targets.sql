-- One row per goal, revision, level, unit, value of its cut and period: what was set, and how much of it was due by the
-- business date. What a split left over is a row as well, with no unit of the organisation.
with cascaded as (
    select * from {{ ref('cascaded_targets') }}
),

goals as (
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
    select goal_id, grain, period_start, share_due from {{ ref('due_shares') }}
),

-- What is due of each goal is the same for all its units. A period of holidays only has no working days to spread over.
due as (
    select
        goals.*,
        periods.working_days - periods.working_days_to_date as working_days_left,
        periods.is_started,
        periods.is_partial,
        case
            when goals.accumulate <> 'sum' then 1
            when due_shares.share_due is not null then due_shares.share_due
            when goals.phasing <> 'even' and periods.working_days > 0
                then {{ divide('periods.working_days_to_date', 'periods.working_days') }}
            else {{ divide('periods.days_to_date', 'periods.days') }}
        end as share_due
    from goals
    inner join periods on goals.grain = periods.grain and goals.period_start = periods.period_start
    left join due_shares
        on goals.goal_id = due_shares.goal_id
        and goals.grain = due_shares.grain
        and goals.period_start = due_shares.period_start
),

final as (
    select
        cascaded.goal_id,
        cascaded.revision,
        cascaded.level,
        cascaded.unit_id,
        cascaded.cut,
        cascaded.cut_value,
        cascaded.grain,
        cascaded.period_start,
        due.period_end,
        cascaded.kpi_id,
        cascaded.set_by,
        cascaded.parent_id,
        {{ half_up('cascaded.exact_target') }} as target,
        {{ half_up('cascaded.exact_floor') }} as floor,
        {{ half_up('cascaded.exact_stretch') }} as stretch,
        due.range_low,
        due.range_high,
        {{ half_up('cascaded.exact_target * due.share_due') }} as target_to_date,
        cascaded.exact_target,
        cast(cascaded.exact_target * due.share_due as decimal(38, 12)) as exact_target_to_date,
        due.working_days_left,
        due.is_started,
        due.is_partial,
        due.basis,
        due.green,
        due.amber,
        due.goal_state,
        due.is_in_force,
        due.recorded_at,
        due.recorded_by,
        due.label_zh,
        due.label_en
    from cascaded
    inner join due
        on cascaded.goal_id = due.goal_id
        and cascaded.revision = due.revision
        and cascaded.cut_value = due.cut_value
        and cascaded.grain = due.grain
        and cascaded.period_start = due.period_start
)

select * from final
