-- One row per month, city and company: what it sold there. A month has no year: it is put in 2021.
with shares as (
    select
        city,
        company,
        "5G" as phase,
        share,
        cast('2021-' || lpad(split_part(month, '-', 1), 2, '0') || '-01' as date) as month_start
    from {{ source('raw_market', 'shares') }}
),

final as (
    select
        concat_ws(' ', company, city) as market_id,
        month_start as period_start,
        last_day(month_start) as period_end,
        cast(share as decimal(18, 4)) as size_amount,
        'USD' as currency,
        company as x_company,
        phase as x_phase,
        share as x_share
    from shares
)

select * from final
