
  
  create view "warehouse"."staging"."stg_crm__leads__dbt_tmp" as (
    -- One row per usable record of raw_crm.leads, in business names and UTC.
-- Compiled by `kpi compile` from sources/crm.yml; change that, not this.
with set_aside as (
    select
        _batch_id,
        _row_number
    from "warehouse"."quarantine_crm"."leads"
),

records as (
    select
        "线索编号" as lead_id,
        "创建时间" as created_at,
        "来源" as source,
        "负责人编号" as owner_id,
        "状态" as status,
        "转化时间" as converted_at,
        "客户编号" as customer_id,
        "商机编号" as deal_id,
        _batch_id,
        _row_number
    from "warehouse"."raw_crm"."leads" as delivered
    where not exists (
        select 1
        from set_aside
        where set_aside._batch_id = delivered._batch_id and set_aside._row_number = delivered._row_number
    )
),

final as (
    select
        lead_id,
        timezone('UTC', timezone('Asia/Shanghai', created_at)) as created_at,
        case when source = '展会' then 'exhibition' when source = '官网' then 'website' when source = '转介绍' then 'referral' when source = '电话' then 'phone' when source = '渠道伙伴' then 'partner' end as source,
        owner_id,
        case when status = '已转化' then 'converted' when status = '无效' then 'junk' when status = '跟进中' then 'open' end as status,
        case when status = '已转化' then false when status = '无效' then true when status = '跟进中' then false end as is_junk,
        timezone('UTC', timezone('Asia/Shanghai', converted_at)) as converted_at,
        customer_id,
        deal_id,
        'crm' as source_system,
        _batch_id,
        _row_number
    from records
)

select * from final
  );
