{#
    Texts made comparable, for every engine: what people write in one system and in another is the same name.
    Belongs here: what DuckDB and Spark say differently about texts. Does not: which fields are compared.
#}

{# Every match of `pattern` (of both engines: no back reference, no look-around) in `x` replaced. #}
{% macro replace_all(x, pattern, replacement='') -%}
    {{ adapter.dispatch('replace_all', 'kpi_warehouse')(x, pattern, replacement) }}
{%- endmacro %}
{% macro default__replace_all(x, pattern, replacement) -%}
    regexp_replace({{ x }}, '{{ pattern }}', '{{ replacement }}', 'g')
{%- endmacro %}
{% macro spark__replace_all(x, pattern, replacement) -%}
    regexp_replace({{ x }}, r'{{ pattern }}', '{{ replacement }}')
{%- endmacro %}

{# Full-width letters, digits, brackets and blanks as the half-width ones that mean the same. #}
{% macro half_width(x) -%}
    translate(
        {{ x }},
        '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ（）．，＆＋－／　',
        '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz().,&+-/ '
    )
{%- endmacro %}

{#
    `x` made comparable by the steps named in `how`, always in this order; null where nothing is left, so that two
    empty texts never agree. The longer company forms stand first: 股份有限公司 is no 股份 of 有限公司.
#}
{% macro comparable(x, how) -%}
    {%- set made = namespace(sql='cast(' ~ x ~ ' as string)') -%}
    {%- if 'width' in how -%} {%- set made.sql = half_width(made.sql) -%} {%- endif -%}
    {%- if 'case' in how -%} {%- set made.sql = 'lower(' ~ made.sql ~ ')' -%} {%- endif -%}
    {%- if 'company_suffix' in how -%}
        {%- set made.sql = replace_all(made.sql, '[ .,]*(股份有限公司|有限责任公司|集团有限公司|有限公司|股份公司|公司)[ ]*$') -%}
        {%- set made.sql = replace_all(
            made.sql,
            '[ .,]+([Cc][Oo][.]?[ ,]*[Ll][Tt][Dd]|[Ll][Tt][Dd]|[Ll]imited|[Ii]nc|[Cc]orp|[Cc]orporation|[Ll][Ll][Cc]|[Gg]mb[Hh]|[Pp][Ll][Cc])[.]?[ ]*$'
        ) -%}
    {%- endif -%}
    {%- if 'punctuation' in how -%}
        {%- set made.sql = replace_all(made.sql, '[.,;:&+/()（）·、，。-]+') -%}
    {%- endif -%}
    {%- if 'blanks' in how -%} {%- set made.sql = replace_all(made.sql, '[ 　]+') -%} {%- endif -%}
    {%- if 'digits' in how -%} {%- set made.sql = replace_all(made.sql, '[^0-9]+') -%} {%- endif -%}
    nullif(trim({{ made.sql }}), '')
{%- endmacro %}
