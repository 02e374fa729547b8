
  
  create view "warehouse"."staging"."stg_crm__activities__dbt_tmp" as (
    -- One row per usable record of raw_crm.activities, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_crm"."activities"
),

records as (
    select
        "活动编号" as activity_id,
        "类型" as kind,
        "负责人编号" as owner_id,
        "客户编号" as customer_id,
        "商机编号" as deal_id,
        "计划时间" as planned_at,
        "截止时间" as due_at,
        "完成时间" as done_at,
        "录入时间" as entered_at,
        "是否签到" as has_check_in,
        "备注字数" as note_length,
        "结果" as outcome,
        _batch_id,
        _row_number
    from "warehouse"."raw_crm"."activities" as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        activity_id,
        case when kind = '电话' then 'call' when kind = '拜访' then 'visit' when kind = '邮件' then 'mail' when kind = '会议' then 'meeting' when kind = '任务' then 'task' end as kind,
        owner_id,
        customer_id,
        deal_id,
        timezone('UTC', timezone('Asia/Shanghai', planned_at)) as planned_at,
        timezone('UTC', timezone('Asia/Shanghai', due_at)) as due_at,
        timezone('UTC', timezone('Asia/Shanghai', done_at)) as done_at,
        timezone('UTC', timezone('Asia/Shanghai', entered_at)) as entered_at,
        case when has_check_in = '是' then true when has_check_in = '否' then false end as has_check_in,
        note_length,
        case when outcome = '有兴趣' then 'interested' when outcome = '需跟进' then 'follow up' when outcome = '已确认' then 'confirmed' when outcome = '无人接听' then 'no answer' end as outcome,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
  );
