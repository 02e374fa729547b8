{#-
    A step of drivers.sql, two CTEs: what is required of the drivers that stand `depth` links below the goal, and whether
    they are short of what is due. Both sides are rounded before they are compared: a double is never quite 4.
-#}
{% macro required_at(depth) -%}
required_{{ depth }} as (
    select
        linked.*,
        {%- if depth == 1 %}
        {{ half_up(held_number('linked.ratio * cast(linked.goal_target as double)')) }} as required,
        {{ half_up(held_number('linked.ratio * cast(linked.goal_target_to_date as double)')) }} as required_to_date,
        coalesce(linked.is_goal_missed, false) as is_parent_missed
    from linked
    where linked.depth = 1
        {%- else %}
        {{ half_up(held_number('linked.ratio * cast(above.required as double)')) }} as required,
        {{ half_up(held_number('linked.ratio * cast(above.required_to_date as double)')) }} as required_to_date,
        above.is_parent_missed and coalesce(above.is_short, false) as is_parent_missed
    from linked
    inner join judged_{{ depth - 1 }} as above
        on linked.goal_id = above.goal_id
        and linked.level = above.level
        and linked.unit_id = above.unit_id
        and linked.period_start = above.period_start
        and linked.parent_kpi_id = above.kpi_id
    where linked.depth = {{ depth }}
        {%- endif %}
),

judged_{{ depth }} as (
    select
        required_{{ depth }}.*,
        case
            when quality = 'blocked' then null  -- nobody is judged by data that is held back
            when direction = 'down' then actual > required_to_date
            else actual < required_to_date
        end as is_short
    from required_{{ depth }}
)
{%- endmacro %}
