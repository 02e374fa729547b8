{#
    Lists in a row, for every engine. Belongs here: what DuckDB and Spark say differently about them.
#}

{# All values of a group as a list, in no order. #}
{% macro all_of(x) -%} {{ adapter.dispatch('all_of', 'kpi_warehouse')(x) }} {%- endmacro %}
{% macro default__all_of(x) -%} list({{ x }}) {%- endmacro %}
{% macro spark__all_of(x) -%} collect_list({{ x }}) {%- endmacro %}

{# The share of a list's values x for which `condition` holds; null where there is no list. #}
{% macro share_where(values, condition) -%} {{ adapter.dispatch('share_where', 'kpi_warehouse')(values, condition) }} {%- endmacro %}
{% macro default__share_where(values, condition) -%}
    (cast(len(list_filter({{ values }}, lambda x: {{ condition }})) as double) / len({{ values }}))
{%- endmacro %}
{% macro spark__share_where(values, condition) -%}
    (cast(size(filter({{ values }}, x -> {{ condition }})) as double) / size({{ values }}))
{%- endmacro %}
