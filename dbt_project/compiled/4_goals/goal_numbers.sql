-- One row per KPI, period (is_to_date: a part of it), level, unit and cut in which something happened.
-- Compiled by `kpi compile` from kpi_definitions/kpis; change that, not this.
with pipeline_coverage__parts as (
    select
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        max(numerator) as numerator,
        max(denominator) as denominator
    from (
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            pipeline_coverage__numerator as numerator,
            cast(null as decimal(38,12)) as denominator
        from {{ ref('measures_deal_stages') }}
        where pipeline_coverage__numerator is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none')
        union all
        select
            is_to_date,
            grain,
            period_start,
            level,
            unit_id,
            cut,
            cut_value,
            cast(null as decimal(38,12)) as numerator,
            target_left as denominator
        from {{ ref('targets_in_force') }}
        where target_left is not null
            and grain in ('month', 'quarter', 'year')
            and level in ('company', 'region', 'department', 'team', 'rep')
            and cut in ('none')
            and kpi_id = 'won_amount'
    ) as one_by_one
    group by is_to_date, grain, period_start, level, unit_id, cut, cut_value
),

pipeline_coverage as (
    select
        'pipeline_coverage' as kpi_id,
        1 as definition_version,
        is_to_date,
        grain,
        period_start,
        level,
        unit_id,
        cut,
        cut_value,
        cast(coalesce(numerator, 0) as decimal(38,12)) as numerator,
        cast(denominator as decimal(38,12)) as denominator,
        cast(cast(coalesce(numerator, 0) as double) / nullif(cast(denominator as double), 0) as decimal(38,12)) as value,
        cast(null as decimal(38,12)) as people
    from pipeline_coverage__parts
    where denominator <> 0
),

final as (
    select * from pipeline_coverage
)

select * from final
