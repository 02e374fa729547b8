{#
    A bound of the 95 % interval of a share: `wrong` of `checked`, both counts; `side` is low or high.
    Wilson, E. B. (1927): Probable inference, the law of succession, and statistical inference. JASA 22, 209-212.
    It stays within 0 and 1 and holds for few records, where wrong ÷ checked ± 2 standard errors does not.
#}
{% macro wilson(wrong, checked, side) -%}
    {%- set n = 'cast(' ~ checked ~ ' as double)' -%}
    {%- set p = '(cast(' ~ wrong ~ ' as double) / ' ~ n ~ ')' -%}
    {%- set z = '1.959963984540054' -%}
    case
            when {{ checked }} > 0 then greatest(0, least(1, (
                {{ p }} + {{ z }} * {{ z }} / (2 * {{ n }})
                {{ '-' if side == 'low' else '+' }} {{ z }} * sqrt(
                    {{ p }} * (1 - {{ p }}) / {{ n }} + {{ z }} * {{ z }} / (4 * {{ n }} * {{ n }})
                )
            ) / (1 + {{ z }} * {{ z }} / {{ n }})))
        end
{%- endmacro %}
