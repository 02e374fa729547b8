{#
    The words and bounds of reviews. Belongs here: what is proposed for a row of kpi_reviews from its own columns, and why.
    Does not: joins.
#}

{#
    What is proposed (place 1), and why, in Chinese (2) and English (3): of the rules the first that holds. Bounds and their
    reasons: DECISIONS.md, 69. A human decides; a proposal says where to look first.
#}
{% macro reviewed(place) -%}
    {%- set rules = [
        (
            'incentive_risk > 0.5', 'change',
            '达标时其护栏指标过半变差：可能以牺牲它为代价。建议两者一起定目标，或调整目标值。',
            'In more than half of its green results the guardrail fell: reached at its cost, perhaps. Set both together, or another target.',
        ),
        (
            'relevance <= 0.25 and actionability < 0.05', 'retire',
            '很少与业务目标同向变化，状态也几乎不变：它不影响任何决定。建议停用。',
            'It seldom moves with its business goal, and its status hardly changes: it decides nothing. Retire it.',
        ),
        (
            'relevance <= 0.25', 'change',
            '很少与业务目标同向变化。建议换一个指标，或改归另一个业务目标。',
            'It seldom moves with its business goal. Choose another KPI for that, or another business goal for this.',
        ),
        (
            'gaps > 0.5', 'change',
            '过半期间无法评判（无数据、样本太少、保护隐私或数据停用）。建议先补齐数据，或放宽期间。',
            'More than half of its periods could not be judged: no data, few cases, hidden or held back. Mend the data, or take longer periods.',
        ),
        (
            'actionability < 0.05', 'change',
            '状态几乎不变：目标过易或过难，无需采取行动。建议调整目标值。',
            'Its status hardly changes: the target is too easy or too far, and asks nobody to act. Set another.',
        ),
        (
            'feedbacks >= 3', 'change',
            '使用者多次提出意见。建议阅读后再定。',
            'People have said something about it several times. Read that first.',
        ),
        (
            'relevance is null and actionability is null', 'keep',
            '历史太短，尚不能评价。',
            'Its history is too short to say more.',
        ),
    ] -%}
    {%- set otherwise = ['', 'keep', '没有需要调整的迹象。', 'Nothing speaks against it.'] -%}
    case
            {%- for rule in rules %}
            when {{ rule[0] }} then '{{ rule[place] }}'
            {%- endfor %}
            else '{{ otherwise[place] }}'
        end
{%- endmacro %}
