-- One row per change of a ticket's field, numbered within the ticket; equal changes logged twice are both kept.
with changes as (
    select
        ticket_id,
        field_name,
        changed_at,
        to_value,
        _row_number
    from {{ ref('stg_zendesk__ticket_field_history') }}
),

final as (
    select
        ticket_id,
        row_number() over (partition by ticket_id order by changed_at, _row_number) as event_no,
        changed_at,
        case field_name when 'assignee_id' then 'assigned' else 'status' end as kind,
        to_value
    from changes
    where field_name in ('status', 'assignee_id')
)

select * from final
