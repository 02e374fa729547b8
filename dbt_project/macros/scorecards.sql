{#
    The arithmetic of scorecards. Belongs here: what a KPI counts on one, and when a score is told. Does not: joins.
#}

{#
    The most that one KPI counts, 1 being on target: a KPI of weight 40 that is far above makes good 8 points, as many as
    one of weight 20 lacks at 60 % (DECISIONS.md, 68).
#}
{% macro most_counted() -%} 1.2 {%- endmacro %}

{#
    The least share of the weights that is to be judged for a score to have a colour: one KPI of five may be missing, not
    the heaviest of a usual scorecard (DECISIONS.md, 68).
#}
{% macro least_covered() -%} 0.75 {%- endmacro %}

{#
    What a row of `coloured` counts on a scorecard: the share by which it is judged, from 0 to most_counted; null where it
    has no colour. Where the gap decides, because a divisor is not above 0, reached is 1 and missed 0; but of what shall
    fall, nothing at all (no wrong record) is the best there is: it counts as the share does that it comes near to.
#}
{% macro counted_share() -%}
    cast(case
            when status not in ('green', 'amber', 'red') then null
            when judged_share is not null then least(greatest(judged_share, 0), {{ most_counted() }})
            when direction = 'down' and exact_actual <= 0
                and case when basis = 'pace' then exact_target_to_date else exact_target end > 0
                then {{ most_counted() }}
            when status = 'green' then 1
            else 0
        end as decimal(18, 12))
{%- endmacro %}
