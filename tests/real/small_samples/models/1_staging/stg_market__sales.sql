-- One row per month and city: what AtliQo reports of itself. A month has no year: it is put in 2021.
with report as (
    select
        city_name,
        atliqo_revenue_crores,
        arpu,
        active_users_lakhs,
        unsubscribed_users_lakhs,
        cast('2021-' || lpad(split_part(month, '-', 1), 2, '0') || '-01' as date) as month_start
    from {{ source('raw_market', 'report') }}
),

final as (
    select
        concat_ws(' ', city_name, cast(month_start as string)) as invoice_id,
        'invoice' as kind,
        'issued' as status,
        month_start as invoice_date,
        cast(atliqo_revenue_crores as decimal(18, 4)) as amount_net,
        'USD' as currency,
        active_users_lakhs as x_active_users,
        unsubscribed_users_lakhs as x_unsubscribed,
        arpu as x_arpu
    from report
)

select * from final
