
  
  create view "warehouse"."staging"."stg_crm__deal_stages__dbt_tmp" as (
    -- One row per usable record of raw_crm.deal_stages, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_crm"."deal_stages"
),

records as (
    select
        "商机编号" as deal_id,
        "进入时间" as entered_at,
        "阶段" as stage,
        "阶段序号" as stage_order,
        "离开时间" as left_at,
        "去向" as moved,
        "负责人编号" as owner_id,
        "客户编号" as customer_id,
        "产品编号" as product_id,
        "金额" as amount,
        _batch_id,
        _row_number
    from "warehouse"."raw_crm"."deal_stages" as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        deal_id,
        timezone('UTC', timezone('Asia/Shanghai', entered_at)) as entered_at,
        case when stage = '初步接触' then 'contact' when stage = '需求确认' then 'qualified' when stage = '方案报价' then 'proposal' when stage = '商务谈判' then 'negotiation' end as stage,
        stage_order,
        timezone('UTC', timezone('Asia/Shanghai', left_at)) as left_at,
        case when moved = '推进' then 'forward' when moved = '退回' then 'back' when moved = '赢单' then 'won' when moved = '输单' then 'lost' end as moved,
        owner_id,
        customer_id,
        product_id,
        amount,
        'CNY' as currency,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
  );
