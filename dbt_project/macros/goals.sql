{#
    The arithmetic of goals. Belongs here: what a row of targets or attainment says from its own columns.
    Does not: joins.
#}

{#
    A target, floor or stretch of a row of `based`: the value said; or last year's figure changed by so many points or
    so much relatively; of a range the lower end (floor) and the upper end (stretch), and the lower end as target.
#}
{% macro target_of(said, change) -%}
    cast(case kind
            when 'value' then {{ said }}
            when 'source' then {{ said }}
            when 'range' then {{ 'range_high' if said == 'stretch' else 'range_low' }}
            {%- if said == 'value' %}
            when 'change' then case
                when change_points is not null then base_value + change_points
                else base_value * (1 + {{ change }})
            end
            {%- else %}
            -- Points where the goal is in points.
            when 'change' then case
                when change_points is not null then base_value + {{ change }}
                else base_value * (1 + {{ change }})
            end
            {%- endif %}
        end as decimal(38, 12))
{%- endmacro %}

{# What is split among units below is split to the cent, so it must be whole cents itself. #}
{% macro to_the_cent(x) -%}
    -- Each branch is cast: of decimal(38, 2) and decimal(38, 12) DuckDB's case keeps two places.
    case when said.is_split then cast(round({{ x }}, 2) as decimal(38, 12)) else cast({{ x }} as decimal(38, 12)) end
{%- endmacro %}

{#
    The share of `target` that is reached: up actual ÷ target, down target ÷ actual; a range 1 inside, below it
    actual ÷ lower end, above it upper end ÷ actual. Null where target or divisor is not above 0: the gap decides then.
#}
{% macro attained(target) -%}
    case
            when direction = 'range' then case
                when exact_actual between range_low and range_high then 1
                when exact_actual < range_low and range_low > 0 then {{ divide('exact_actual', 'range_low') }}
                when exact_actual > range_high and exact_actual > 0 and range_high > 0
                    then {{ divide('range_high', 'exact_actual') }}
            end
            when {{ target }} <= 0 then null
            when direction = 'down' then case when exact_actual > 0 then {{ divide(target, 'exact_actual') }} end
            else {{ divide('exact_actual', target) }}
        end
{%- endmacro %}

{# How far `exact_actual` is from `target`; of a range from its nearer end, 0 inside. #}
{% macro gap_to(target) -%}
    case
            when direction = 'range' then case
                when exact_actual < range_low then exact_actual - range_low
                when exact_actual > range_high then exact_actual - range_high
                else exact_actual - exact_actual
            end
            else exact_actual - {{ target }}
        end
{%- endmacro %}

{# As CTEs: the rows of `measured` with the shares that are reached, and by which of them each is judged. #}
{% macro judged_of(measured) -%}
shares as (
    select
        {{ measured }}.*,
        {{ attained('exact_target') }} as share_of_target,
        {{ attained('exact_target_to_date') }} as share_of_target_to_date
    from {{ measured }}
),

judged as (
    select
        shares.*,
        case when basis = 'pace' then share_of_target_to_date else share_of_target end as judged_share,
        case when basis = 'pace' then {{ gap_to('exact_target_to_date') }} else {{ gap_to('exact_target') }} end as judged_gap
    from shares
)
{%- endmacro %}

{# The status of a row of `judged`, the first that holds. A colour is given only where there is one to give. #}
{% macro goal_status() -%}
    case
            when not is_started then 'not_started'
            when exact_target is null then 'no_target'
            when quality = 'blocked' then 'blocked'
            when state = 'suppressed' then 'suppressed'
            when exact_actual is null then 'no_data'
            when state = 'small_sample' then 'small_sample'
            when judged_share >= green then 'green'
            when judged_share >= amber then 'amber'
            when judged_share is not null then 'red'
            when direction = 'range' then case when judged_gap = 0 then 'green' else 'red' end
            when direction = 'down' then case when judged_gap <= 0 then 'green' else 'red' end
            when judged_gap >= 0 then 'green'
            else 'red'
        end
{%- endmacro %}

{# Of a closed period what was published when it closed, else what `live` says. #}
{% macro kept(column, live) -%}
    case when closed.goal_id is not null then closed.{{ column }} else {{ live }}.{{ column }} end
{%- endmacro %}

{# The key of a target or judgement in two tables. #}
{% macro same_target(one, other) -%}
    {{ one }}.goal_id = {{ other }}.goal_id
        and {{ one }}.level = {{ other }}.level
        and {{ one }}.unit_id = {{ other }}.unit_id
        and {{ one }}.cut = {{ other }}.cut
        and {{ one }}.cut_value = {{ other }}.cut_value
        and {{ one }}.grain = {{ other }}.grain
        and {{ one }}.period_start = {{ other }}.period_start
{%- endmacro %}

{# A number where the tables can hold it: no target is 10^18 (goal/number.py), and what follows from one is none beyond. #}
{% macro held_number(x) -%}
    case when abs({{ x }}) < 1e18 then {{ x }} end
{%- endmacro %}

{# Whether `figure` reaches the target of its row. #}
{% macro reaches(figure) -%}
    case direction
            when 'range' then {{ figure }} between range_low and range_high
            when 'down' then {{ figure }} <= exact_target
            else {{ figure }} >= exact_target
        end
{%- endmacro %}

{# Whether a target is reached, by how far the figure is from it. #}
{% macro is_reached(direction, gap) -%}
    case {{ direction }} when 'range' then {{ gap }} = 0 when 'down' then {{ gap }} <= 0 else {{ gap }} >= 0 end
{%- endmacro %}

{# A figure of a row of `landing`, within what it can still come to; null where it is. (greatest and least skip nulls.) #}
{% macro in_reach(figure) -%}
    case
            when {{ figure }} < landing.least_figure then landing.least_figure
            when {{ figure }} > landing.largest_figure then landing.largest_figure
            else {{ figure }}
        end
{%- endmacro %}

{# How much of a goal is due by the business date, or by the day before (`when`: _before). #}
{% macro share_due(when) -%}
    case
            when goals.accumulate <> 'sum' then 1
            when due_shares.share_due is not null then due_shares.share_due{{ when }}
            when goals.phasing <> 'even' and periods.working_days > 0
                then {{ divide('periods.working_days_to_date' ~ when, 'periods.working_days') }}
            else {{ divide('periods.days_to_date' ~ when, 'periods.days') }}
        end
{%- endmacro %}
