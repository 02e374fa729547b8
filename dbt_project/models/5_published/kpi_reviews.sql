-- One row per KPI, and per KPI and goal of it that has begun: what its numbers say of it, and what is proposed.
with kpis as (
    select kpi_id, label_zh, label_en from {{ source('definitions', 'kpis') }} where is_current
),

months as (
    select * from {{ ref('review_months') }}
),

goals as (
    select * from {{ ref('review_goals') }}
),

feedback as (
    select kpi_id, period_start from {{ source('definitions', 'feedback') }}
),

decided as (
    select goal_id, decision, reviewed_date from {{ source('definitions', 'goal_reviews') }}
),

run as (
    select run_id, as_of_date from {{ source('definitions', 'run') }}
),

said as (
    select feedback.kpi_id, count(*) as feedbacks
    from feedback
    cross join run
    where feedback.period_start > {{ add_months('run.as_of_date', -12) }} and feedback.period_start <= run.as_of_date
    group by feedback.kpi_id
),

-- Of a KPI all its goals together.
subjects as (
    select kpi_id, goal_id, label_zh, label_en, changes, pairs, greens, gamed, unjudged, unit_periods from goals
    union all
    select
        kpis.kpi_id,
        'all' as goal_id,
        kpis.label_zh,
        kpis.label_en,
        sum(goals.changes) as changes,
        sum(goals.pairs) as pairs,
        sum(goals.greens) as greens,
        sum(goals.gamed) as gamed,
        sum(goals.unjudged) as unjudged,
        sum(goals.unit_periods) as unit_periods
    from kpis
    left join goals on kpis.kpi_id = goals.kpi_id
    group by kpis.kpi_id, kpis.label_zh, kpis.label_en
),

measured as (
    select
        subjects.kpi_id,
        subjects.goal_id,
        months.relevance,
        case when subjects.pairs >= 4 then {{ divide('subjects.changes', 'subjects.pairs') }} end as actionability,
        case when subjects.greens >= 4 then {{ divide('subjects.gamed', 'subjects.greens') }} end as incentive_risk,
        months.noise,
        case
            when subjects.unit_periods > 0 then {{ divide('subjects.unjudged', 'subjects.unit_periods') }}
            else months.gaps
        end as gaps,
        coalesce(said.feedbacks, 0) as feedbacks,
        subjects.label_zh,
        subjects.label_en
    from subjects
    left join months on subjects.kpi_id = months.kpi_id
    left join said on subjects.kpi_id = said.kpi_id
),

final as (
    select
        measured.kpi_id,
        measured.goal_id,
        {{ half_up('measured.relevance') }} as relevance,
        {{ half_up('measured.actionability') }} as actionability,
        {{ half_up('measured.incentive_risk') }} as incentive_risk,
        {{ half_up('measured.noise') }} as noise,
        {{ half_up('measured.gaps') }} as gaps,
        cast(measured.feedbacks as bigint) as feedbacks,
        {{ reviewed(1) }} as proposal,
        {{ reviewed(2) }} as reason_zh,
        {{ reviewed(3) }} as reason_en,
        decided.decision,
        decided.reviewed_date,
        run.as_of_date,
        run.run_id,
        measured.label_zh,
        measured.label_en
    from measured
    cross join run
    left join decided on measured.goal_id = decided.goal_id
)

select * from final
