{#
    Exact numbers, for every engine.
    Belongs here: rounding and order statistics that engines do differently. Does not: any KPI's arithmetic.
#}

{#
    A published figure: rounded half up to 6 places, once. The step over 12 places takes back the last bit of a
    double (DuckDB's decimal ÷ decimal is one), which would put 0.1234565 on the wrong side.
#}
{% macro half_up(x) -%}
    cast(round(cast({{ x }} as decimal(38, 12)), 6) as decimal(38, 6))
{%- endmacro %}

{# `a` ÷ `b`, null where b is 0 or null. #}
{% macro divide(a, b) -%}
    (cast({{ a }} as double) / nullif(cast({{ b }} as double), 0))
{%- endmacro %}

{# The median, halves kept: over decimal(18,2) DuckDB says that between 1.00 and 1.01 lies 1.00. #}
{% macro exact_median(x) -%}
    {{ exact_percentile(x, 0.5) }}
{%- endmacro %}

{# The interpolated percentile: p from 0 to 1. #}
{% macro exact_percentile(x, p) -%}
    {{ adapter.dispatch('exact_percentile', 'kpi_warehouse')(x, p) }}
{%- endmacro %}
{% macro default__exact_percentile(x, p) -%}
    quantile_cont(cast({{ x }} as decimal(38, 12)), {{ p }})
{%- endmacro %}
{% macro spark__exact_percentile(x, p) -%}
    percentile(cast({{ x }} as decimal(38, 12)), {{ p }})
{%- endmacro %}

{# The whole part of `a` × `b` ÷ `c`, all whole numbers: exact, also where a double would not be. #}
{% macro whole_share(a, b, c) -%} {{ adapter.dispatch('whole_share', 'kpi_warehouse')(a, b, c) }} {%- endmacro %}
{% macro default__whole_share(a, b, c) -%}
    -- Most of a large cascade is these divisions, and hugeints divide slowly. DuckDB takes a cast that stands twice out of
    -- its branch and does it for every row: try_cast, for 10^17 of money is 10^19 cents.
    case
            when abs(cast({{ a }} as double)) * greatest(cast({{ b }} as double), 1) < 9e18
                then cast(
                    try_cast({{ a }} as bigint) * try_cast({{ b }} as bigint) // try_cast({{ c }} as bigint) as decimal(38, 0)
                )
            else cast(cast({{ a }} as hugeint) * cast({{ b }} as hugeint) // cast({{ c }} as hugeint) as decimal(38, 0))
        end
{%- endmacro %}
{% macro spark__whole_share(a, b, c) -%}
    cast(cast({{ a }} as decimal(19, 0)) * cast({{ b }} as decimal(19, 0)) div cast({{ c }} as decimal(38, 0)) as decimal(38, 0))
{%- endmacro %}
