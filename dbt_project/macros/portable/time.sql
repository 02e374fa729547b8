{#
    Instants and days, for every engine. An instant is a timestamp without zone, in UTC; a day is a local date.
    Belongs here: what DuckDB and Spark say differently about time. Does not: any rule of the business.
#}

{# A naive local timestamp of `zone` (an SQL expression, e.g. "'Asia/Shanghai'" or a column) as an instant. #}
{% macro to_utc(local, zone) -%}
    {{ adapter.dispatch('to_utc', 'kpi_warehouse')(local, zone) }}
{%- endmacro %}
{% macro default__to_utc(local, zone) -%} timezone('UTC', timezone({{ zone }}, {{ local }})) {%- endmacro %}
{% macro spark__to_utc(local, zone) -%} to_utc_timestamp({{ local }}, {{ zone }}) {%- endmacro %}

{# An instant as the clock of `zone` shows it. #}
{% macro local_time(instant, zone) -%}
    {{ adapter.dispatch('local_time', 'kpi_warehouse')(instant, zone) }}
{%- endmacro %}
{% macro default__local_time(instant, zone) -%} timezone({{ zone }}, timezone('UTC', {{ instant }})) {%- endmacro %}
{% macro spark__local_time(instant, zone) -%} from_utc_timestamp({{ instant }}, {{ zone }}) {%- endmacro %}

{# The day an instant falls on in `zone`. #}
{% macro local_date(instant, zone) -%}
    cast({{ local_time(instant, zone) }} as date)
{%- endmacro %}

{# Days from `a` to `b`, both dates; negative where b is earlier. #}
{% macro days_between(a, b) -%} {{ adapter.dispatch('days_between', 'kpi_warehouse')(a, b) }} {%- endmacro %}
{% macro default__days_between(a, b) -%} date_diff('day', {{ a }}, {{ b }}) {%- endmacro %}
{% macro spark__days_between(a, b) -%} datediff({{ b }}, {{ a }}) {%- endmacro %}

{# The date `days` (an integer expression, may be negative) after `day`. #}
{% macro add_days(day, days) -%} {{ adapter.dispatch('add_days', 'kpi_warehouse')(day, days) }} {%- endmacro %}
{% macro default__add_days(day, days) -%} ({{ day }} + cast({{ days }} as integer)) {%- endmacro %}
{% macro spark__add_days(day, days) -%} date_add({{ day }}, {{ days }}) {%- endmacro %}

{# The date `months` (an integer expression, may be negative) after `day`, at most the last of its month. #}
{% macro add_months(day, months) -%} {{ adapter.dispatch('add_months', 'kpi_warehouse')(day, months) }} {%- endmacro %}
{% macro default__add_months(day, months) -%}
    cast({{ day }} + to_months(cast({{ months }} as integer)) as date)
{%- endmacro %}
{% macro spark__add_months(day, months) -%} add_months({{ day }}, {{ months }}) {%- endmacro %}

{# Seconds from `a` to `b`, exact to the microsecond: decimal, since sums of doubles differ from run to run. #}
{% macro seconds_between(a, b) -%} {{ adapter.dispatch('seconds_between', 'kpi_warehouse')(a, b) }} {%- endmacro %}
{% macro default__seconds_between(a, b) -%}
    (cast(epoch_us({{ b }}) - epoch_us({{ a }}) as decimal(18, 0)) * cast(0.000001 as decimal(6, 6)))
{%- endmacro %}
{% macro spark__seconds_between(a, b) -%}
    (cast(unix_micros({{ b }}) - unix_micros({{ a }}) as decimal(18, 0)) * cast(0.000001 as decimal(6, 6)))
{%- endmacro %}

{# Minutes from `a` to `b`. #}
{% macro minutes_between(a, b) -%}
    cast({{ seconds_between(a, b) }} / 60 as decimal(38, 12))
{%- endmacro %}

{# Hours from `a` to `b`. #}
{% macro hours_between(a, b) -%}
    cast({{ seconds_between(a, b) }} / 3600 as decimal(38, 12))
{%- endmacro %}

{# Seconds from midnight to a time of day. #}
{% macro seconds_of(time_of_day) -%} {{ adapter.dispatch('seconds_of', 'kpi_warehouse')(time_of_day) }} {%- endmacro %}
{% macro default__seconds_of(time_of_day) -%} cast(extract(epoch from {{ time_of_day }}) as bigint) {%- endmacro %}
{% macro spark__seconds_of(time_of_day) -%} unix_timestamp({{ time_of_day }}, 'HH:mm:ss') {%- endmacro %}

{# Whole months from `a` to `b`, both dates: from 31 January to 28 February none. #}
{% macro whole_months_between(a, b) -%}
    cast(
            (extract(year from {{ b }}) - extract(year from {{ a }})) * 12
            + extract(month from {{ b }}) - extract(month from {{ a }})
            - case when extract(day from {{ b }}) < extract(day from {{ a }}) then 1 else 0 end
            as int
        )
{%- endmacro %}
