{# A layer's schema is its bare name (`published`), so that a table has one address everywhere. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
