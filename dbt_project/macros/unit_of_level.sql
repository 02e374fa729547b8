{# The unit of `level` among a unit and the two above it (unit_1 … unit_3), null where the path has none. #}
{% macro unit_of_level(level) -%}
    case '{{ level }}'
            when unit_1.level then unit_1.unit_id
            when unit_2.level then unit_2.unit_id
            when unit_3.level then unit_3.unit_id
        end
{%- endmacro %}
