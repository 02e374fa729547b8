-- One row per foreign currency and span of days on which one rate is the latest known.
-- A rate holds until the next, and no longer than 10 days: banks quote none over the 9 days from the last working day
-- before the Chinese National Day to the first after it (2025-09-30 to 2025-10-09); older than that it is a stopped feed.
with rates as (
    select
        currency,
        day,
        rate,
        lead(day) over (partition by currency order by day) as next_day
    from {{ ref('exchange_rates') }}
),

final as (
    select
        currency,
        rate,
        day as valid_from,
        least(coalesce({{ add_days('next_day', -1) }}, cast('9999-12-31' as date)), {{ add_days('day', 10) }}) as valid_to
    from rates
)

select * from final
