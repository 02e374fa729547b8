-- One row per sample, and per owner of records in it.
with drawn as (
    select
        sample_id,
        source_system,
        table_name,
        owner_id,
        drawn_at,
        accepted_share,
        is_wrong
    from {{ ref('audit_samples') }}
),

of_whom as (
    select
        sample_id,
        source_system,
        table_name,
        'all' as owner_id,
        drawn_at,
        accepted_share,
        is_wrong
    from drawn
    union all
    select
        sample_id,
        source_system,
        table_name,
        coalesce(owner_id, 'unassigned') as owner_id,
        drawn_at,
        accepted_share,
        is_wrong
    from drawn
),

counted as (
    select
        sample_id,
        source_system,
        table_name,
        owner_id,
        drawn_at,
        accepted_share,
        count(*) as records,
        count(is_wrong) as checked,
        count(case when is_wrong then 1 end) as wrong
    from of_whom
    group by sample_id, source_system, table_name, owner_id, drawn_at, accepted_share
),

bounded as (
    select
        *,
        case when checked > 0 then {{ half_up('cast(wrong as double) / checked') }} end as error_rate,
        {{ half_up(wilson('wrong', 'checked', 'low')) }} as error_rate_low,
        {{ half_up(wilson('wrong', 'checked', 'high')) }} as error_rate_high
    from counted
),

final as (
    select
        sample_id,
        owner_id,
        source_system,
        table_name as {{ adapter.quote('table') }},
        drawn_at,
        cast(records as int) as records,
        cast(checked as int) as checked,
        cast(wrong as int) as wrong,
        error_rate,
        error_rate_low,
        error_rate_high,
        accepted_share,
        case
            when checked = 0 then 'open'
            when error_rate_high <= accepted_share then 'pass'
            when error_rate_low > accepted_share then 'fail'
            else 'unclear'
        end as verdict
    from bounded
)

select * from final
