{#
    How `valued` differs from `other` (both with exact_value): in points for ratios and scores, relative for amounts,
    null from an amount that is not above 0. What is partial was joined to the same span of the other period.
#}
{% macro change_from(other) -%}
    case
            when valued.is_in_points then {{ half_up('valued.exact_value - ' ~ other ~ '.exact_value') }}
            when {{ other }}.exact_value > 0
                then {{ half_up(divide('valued.exact_value - ' ~ other ~ '.exact_value', other ~ '.exact_value')) }}
        end
{%- endmacro %}
