{#- A table is built in its place: one statement within dbt's transaction, which keeps the old table until it commits.

    dbt-duckdb builds beside, renames the old one away and the new one in, commits, and drops the old one: four
    statements more for each of 90 tables, with a Jinja context for each. -#}
{% materialization table, adapter="duckdb", supported_languages=["sql"] %}
    {%- set before = load_cached_relation(this) -%}
    {%- set target = this.incorporate(type="table") -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if before is not none and not before.is_table %}
        {%- do adapter.drop_relation(before) -%}
    {%- endif %}
    {%- call statement("main") -%}
        {{ create_or_replace_table(target, compiled_code) }}
    {%- endcall %}
    {%- do create_indexes(target) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target, model) -%}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target]}) }}
{% endmaterialization %}


{% macro create_or_replace_table(relation, sql) -%}
    {%- if config.get("contract").enforced -%}
        {{ get_assert_columns_equivalent(sql) }}
        create or replace table {{ relation }} {{ get_table_columns_and_constraints() }};
        insert into {{ relation }} {{ get_column_names() }} ({{ get_select_subquery(sql) }});
    {%- else -%}
        create or replace table {{ relation }} as (
            {{ sql }}
        );
    {%- endif -%}
{%- endmacro %}
