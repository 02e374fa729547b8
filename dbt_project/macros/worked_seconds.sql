{#
    Seconds of working time from the first day of the calendar to the local time `clock`, where `day` is the row of
    working_seconds of its day. Null where the clock is.
#}
{% macro worked_seconds(clock, day) -%}
    {{ day }}.worked_before + least(
            greatest({{ seconds_between('cast(' ~ day ~ '.day as timestamp)', clock) }} - {{ day }}.opens, 0),
            {{ day }}.closes - {{ day }}.opens
        )
{%- endmacro %}
