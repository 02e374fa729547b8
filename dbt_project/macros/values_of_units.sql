{#- The CTEs of unit_values and goal_kpi_values, up to `final`: what becomes of the numbers of KPIs, whichever table they stand in.
    `numbers` is that table; `over_goals` says which KPIs are in it: those that stand on targets, or all others. -#}
{% macro values_of_units(numbers, over_goals) -%}
numbers as (
    select
        kpi_id,
        definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        numerator,
        denominator,
        value,
        people
    from {{ ref(numbers) }}
),

kpis as (
    select
        kpi_id, definition_version, holds_from, holds_until, unit, is_ratio, min_denominator, min_group_size,
        matures_after_days, definition_hash
    from {{ source('definitions', 'kpis') }}
    where {{ '' if over_goals else 'not ' }}reads_goals
),

-- Each KPI's figures come from one of the two tables of numbers, and so do the rows of those without one.
own as (
    select kpi_id from kpis group by kpi_id
),

periods as (
    select * from {{ ref('periods') }}
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

quality as (
    select kpi_id, quality from {{ source('gate', 'kpi_quality') }}
),

closed as (
    select closes.*
    from {{ source('definitions', 'closes') }} as closes
    inner join own on closes.kpi_id = own.kpi_id
),

first_numbers as (
    select kpi_id, grain, min(period_start) as period_start from numbers group by kpi_id, grain
),

long_periods as (
    select grain, period_start, period_end from periods where grain in ('month', 'quarter', 'year')
),

current_periods as (
    select grain, max(period_start) as period_start from long_periods group by grain
),

-- A KPI that never had a number says so in the current period.
first_periods as (
    select
        kpi_grains.kpi_id,
        kpi_grains.grain,
        coalesce(first_numbers.period_start, current_periods.period_start) as period_start
    from {{ source('definitions', 'kpi_grains') }} as kpi_grains
    inner join own on kpi_grains.kpi_id = own.kpi_id
    inner join current_periods on kpi_grains.grain = current_periods.grain
    left join first_numbers
        on kpi_grains.kpi_id = first_numbers.kpi_id and kpi_grains.grain = first_numbers.grain
),

live_units_of_periods as (
    select long_periods.grain, long_periods.period_start, live_units.level, live_units.unit_id
    from long_periods
    inner join {{ ref('live_units') }} as live_units
        on live_units.valid_from <= long_periods.period_end and live_units.valid_to >= long_periods.period_start
    group by long_periods.grain, long_periods.period_start, live_units.level, live_units.unit_id
),

-- Every live unit, and whoever else has or had a number: `unassigned`, a unit that was closed, a value of a cut.
scaffold as (
    select
        first_periods.kpi_id, units.grain, units.period_start, units.level, units.unit_id, 'none' as cut, 'all' as cut_value
    from live_units_of_periods as units
    inner join first_periods on units.grain = first_periods.grain and units.period_start >= first_periods.period_start
    inner join {{ source('definitions', 'kpi_levels') }} as kpi_levels
        on first_periods.kpi_id = kpi_levels.kpi_id and units.level = kpi_levels.level
    union
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value from numbers where not is_to_date
    union
    select kpi_id, grain, period_start, level, unit_id, cut, cut_value from closed
),

live as (
    select
        scaffold.*,
        periods.period_end,
        periods.previous_start,
        periods.year_ago_start,
        {{ add_days('periods.period_end', 'kpis.matures_after_days') }} > run.as_of_date as is_partial,
        kpis.definition_version,
        kpis.definition_hash,
        kpis.unit in ('ratio', 'points') as is_in_points,
        kpis.min_group_size,
        numbers.numerator,
        numbers.denominator,
        numbers.value,
        -- Rows of whom nobody is named are rows of nobody, not of enough.
        case when numbers.kpi_id is not null then coalesce(numbers.people, 0) end as people,
        kpis.is_ratio and numbers.denominator < kpis.min_denominator as is_small_sample
    from scaffold
    cross join run
    inner join periods on scaffold.grain = periods.grain and scaffold.period_start = periods.period_start
    inner join kpis
        on scaffold.kpi_id = kpis.kpi_id
        and scaffold.period_start >= kpis.holds_from
        and scaffold.period_start < kpis.holds_until
    left join numbers
        on scaffold.kpi_id = numbers.kpi_id
        and not numbers.is_to_date
        and scaffold.grain = numbers.grain
        and scaffold.period_start = numbers.period_start
        and scaffold.level = numbers.level
        and scaffold.unit_id = numbers.unit_id
        and scaffold.cut = numbers.cut
        and scaffold.cut_value = numbers.cut_value
),

-- Who must be hidden: small groups; and beside them the next smallest, until what is hidden together is no small group,
-- for else it is the company less what is shown. While a period runs, each new answer would show in the difference.
-- Who moved is counted in two units: what is hidden together has at least as many people as the largest of them, and as the
-- company has more than all that are shown.
hidden as (
    select
        live.*,
        case
            when min_group_size is null or people is null then false
            when is_partial then true
            when level = 'company' then people < min_group_size
            else people < min_group_size or (
                    smallest < min_group_size
                    and greatest(
                        coalesce(largest_before, 0), of_company - of_all_units + coalesce(hidden_before, 0)
                    ) < min_group_size
                )
        end as is_suppressed
    from (
        select
            live.*,
            sum(people) over (
                partition by kpi_id, grain, period_start, level, cut
                order by people, unit_id, cut_value rows between unbounded preceding and 1 preceding
            ) as hidden_before,
            max(people) over (
                partition by kpi_id, grain, period_start, level, cut
                order by people, unit_id, cut_value rows between unbounded preceding and 1 preceding
            ) as largest_before,
            min(people) over (partition by kpi_id, grain, period_start, level, cut) as smallest,
            sum(people) over (partition by kpi_id, grain, period_start, level, cut) as of_all_units,
            max(case when level = 'company' then people end) over (partition by kpi_id, grain, period_start, cut) as of_company
        from live
    ) as live
),

-- exact_value is what further arithmetic reads; the published value is rounded once, at the end.
valued as (
    select
        hidden.kpi_id,
        hidden.grain,
        hidden.period_start,
        hidden.level,
        hidden.unit_id,
        hidden.cut,
        hidden.cut_value,
        hidden.period_end,
        hidden.previous_start,
        hidden.year_ago_start,
        hidden.is_partial,
        hidden.definition_version,
        hidden.definition_hash,
        hidden.is_in_points,
        hidden.is_suppressed,
        -- Beside a closed value that hides small groups, the one of today would show who came late.
        case
            when not hidden.is_suppressed and (closed.kpi_id is null or hidden.min_group_size is null) then hidden.value
        end as value_now,
        closed.kpi_id is not null as has_closed,
        case when closed.kpi_id is not null then closed.published_value when not hidden.is_suppressed then hidden.value end
            as exact_value,
        case when closed.kpi_id is not null then closed.numerator when not hidden.is_suppressed then hidden.numerator end
            as numerator,
        case when closed.kpi_id is not null then closed.denominator when not hidden.is_suppressed then hidden.denominator end
            as denominator,
        coalesce(
            closed.state,
            case
                when hidden.is_suppressed then 'suppressed'
                when hidden.value is null then 'no_data'
                when hidden.is_small_sample then 'small_sample'
                else 'ok'
            end
        ) as state
    from hidden
    left join closed
        on hidden.kpi_id = closed.kpi_id
        and hidden.grain = closed.grain
        and hidden.period_start = closed.period_start
        and hidden.level = closed.level
        and hidden.unit_id = closed.unit_id
        and hidden.cut = closed.cut
        and hidden.cut_value = closed.cut_value
),

-- What a period is compared with: whole periods, and the same span of them for the one that is running.
comparable as (
    select
        kpi_id, definition_version, false as is_to_date, grain, period_start, level, unit_id, cut, cut_value, exact_value
    from valued
    where exact_value is not null
    union all
    select
        numbers.kpi_id, numbers.definition_version, numbers.is_to_date, numbers.grain, numbers.period_start, numbers.level,
        numbers.unit_id, numbers.cut, numbers.cut_value, numbers.value as exact_value
    from numbers
    inner join kpis
        on numbers.kpi_id = kpis.kpi_id
        and numbers.definition_version = kpis.definition_version
        and kpis.min_group_size is null
    where numbers.is_to_date
),

final as (
    select
        valued.kpi_id,
        valued.grain,
        valued.period_start,
        valued.level,
        valued.unit_id,
        valued.cut,
        valued.cut_value,
        valued.period_end,
        {{ half_up('valued.exact_value') }} as value,
        {{ half_up('valued.value_now') }} as value_now,
        valued.exact_value,
        {{ half_up('valued.numerator') }} as numerator,
        {{ half_up('valued.denominator') }} as denominator,
        valued.state,
        coalesce(quality.quality, 'blocked') as quality,  -- fail closed: no word of the gate is not a good word
        valued.is_partial,
        valued.has_closed,
        {{ half_up('previous.exact_value') }} as previous_value,
        {{ change_from('previous') }} as previous_change,
        {{ half_up('year_ago.exact_value') }} as year_ago_value,
        {{ change_from('year_ago') }} as year_ago_change,
        valued.definition_version,
        valued.definition_hash,
        run.as_of_date,
        run.run_id
    from valued
    cross join run
    left join quality on valued.kpi_id = quality.kpi_id
    {%- for other in ['previous', 'year_ago'] %}
    left join comparable as {{ other }}
        on valued.kpi_id = {{ other }}.kpi_id
        and valued.definition_version = {{ other }}.definition_version
        and valued.is_partial = {{ other }}.is_to_date
        and valued.grain = {{ other }}.grain
        and valued.{{ other }}_start = {{ other }}.period_start
        and valued.level = {{ other }}.level
        and valued.unit_id = {{ other }}.unit_id
        and valued.cut = {{ other }}.cut
        and valued.cut_value = {{ other }}.cut_value
    {%- endfor %}
)
{%- endmacro %}
