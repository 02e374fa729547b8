-- One row per signed contract.
with delivered as (
    select * from {{ ref('delivered_contracts') }}
),

company as (
    select time_zone from {{ source('definitions', 'company') }}
),

stays as (
    select deal_id from {{ ref('deal_stages') }} group by deal_id
),

customers as (
    select customer_id, acquisition_source from {{ ref('delivered_customers') }}
),

-- Only approved contracts count as signed; the order within a day is that of their keys.
approved as (
    select
        contract_id,
        row_number() over (partition by customer_id order by signed_date, contract_id) as number_of_customer,
        lag(amount) over (partition by customer_id order by signed_date, contract_id) as amount_before
    from delivered
    where approval = 'approved' and customer_id is not null
),

renewals as (
    select renews_contract_id, min(signed_date) as renewed_date
    from delivered
    where approval = 'approved' and renews_contract_id is not null
    group by renews_contract_id
),

final as (
    select
        delivered.*,
        coalesce(approved.number_of_customer = 1, false) as is_first_of_customer,
        coalesce(renewed.amount, approved.amount_before) as previous_amount,
        {{ to_utc('cast(renewals.renewed_date as timestamp)', 'company.time_zone') }} as renewed_at,
        {{ hours_between('delivered.submitted_at', 'delivered.decided_at') }} as approval_hours,
        stays.deal_id is not null as has_stage_history,
        customers.acquisition_source
    from delivered
    cross join company
    left join approved on delivered.contract_id = approved.contract_id
    left join delivered as renewed on delivered.renews_contract_id = renewed.contract_id
    left join renewals on delivered.contract_id = renewals.renews_contract_id
    left join stays on delivered.deal_id = stays.deal_id
    left join customers on delivered.customer_id = customers.customer_id
)

select * from final
