-- One row per usable record of raw_crm.activities, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from {{ source('quarantine_crm', 'activities') }}
),

records as (
    select
        {{ adapter.quote("活动编号") }} as activity_id,
        {{ adapter.quote("类型") }} as kind,
        {{ adapter.quote("负责人编号") }} as owner_id,
        {{ adapter.quote("客户编号") }} as customer_id,
        {{ adapter.quote("商机编号") }} as deal_id,
        {{ adapter.quote("计划时间") }} as planned_at,
        {{ adapter.quote("截止时间") }} as due_at,
        {{ adapter.quote("完成时间") }} as done_at,
        {{ adapter.quote("录入时间") }} as entered_at,
        {{ adapter.quote("是否签到") }} as has_check_in,
        {{ adapter.quote("备注字数") }} as note_length,
        {{ adapter.quote("结果") }} as outcome,
        _batch_id,
        _row_number
    from {{ source('raw_crm', 'activities') }} as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        activity_id,
        case when trim(kind) = '电话' then 'call' when trim(kind) = '拜访' then 'visit' when trim(kind) = '邮件' then 'mail' when trim(kind) = '会议' then 'meeting' when trim(kind) = '任务' then 'task' end as kind,
        owner_id,
        customer_id,
        deal_id,
        {{ to_utc('planned_at', "'Asia/Shanghai'") }} as planned_at,
        {{ to_utc('due_at', "'Asia/Shanghai'") }} as due_at,
        {{ to_utc('done_at', "'Asia/Shanghai'") }} as done_at,
        {{ to_utc('entered_at', "'Asia/Shanghai'") }} as entered_at,
        case when trim(has_check_in) = '是' then true when trim(has_check_in) = '否' then false end as has_check_in,
        note_length,
        case when trim(outcome) = '有兴趣' then 'interested' when trim(outcome) = '需跟进' then 'follow up' when trim(outcome) = '已确认' then 'confirmed' when trim(outcome) = '无人接听' then 'no answer' end as outcome,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
