{#
    Whether a promise of service was kept: as the source says, else whether it was done by when it was due. What is
    not done and overdue at the end of the business date was not kept; what is not due yet is null.
#}
{% macro in_sla(said, done_at, due_at) -%}
    case
            when {{ said }} is not null then {{ said }}
            when {{ done_at }} is not null then {{ done_at }} <= {{ due_at }}
            when {{ due_at }} < business_date.ends_at then false
        end
{%- endmacro %}
