-- One row per employee and span of days in which the path of units above them did not change.
with employees as (
    select
        employee_id,
        unit_id,
        valid_from,
        lead(valid_from) over (partition by employee_id order by valid_from) as next_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as said_to
    from {{ ref('employees') }}
),

units as (
    select
        unit_id,
        level,
        parent_id,
        valid_from,
        coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
    from {{ ref('org_units') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

-- The next row of an employee ends the one before, whatever that one says of itself.
stays as (
    select
        employee_id,
        unit_id,
        valid_from,
        case when next_from <= said_to then {{ add_days('next_from', -1) }} else said_to end as valid_to
    from employees
),

-- Days on which the chart of the company changes anywhere: few, so each stay is cut at all of them and joined again.
change_days as (
    select valid_from as day from units
    union
    select {{ add_days('valid_to', 1) }} as day from units where valid_to < cast('9999-12-31' as date)
),

pieces as (
    select employee_id, unit_id, valid_from as day, valid_to from stays
    union
    select stays.employee_id, stays.unit_id, change_days.day, stays.valid_to
    from stays
    inner join change_days on change_days.day > stays.valid_from and change_days.day <= stays.valid_to
),

paths as (
    select
        pieces.employee_id,
        pieces.day,
        pieces.valid_to as stay_to,
        pieces.unit_id,
        {{ unit_of_level('region') }} as region_id,
        {{ unit_of_level('department') }} as department_id,
        {{ unit_of_level('team') }} as team_id
    from pieces
    left join units as unit_1
        on pieces.unit_id = unit_1.unit_id
        and pieces.day between unit_1.valid_from and unit_1.valid_to
    left join units as unit_2
        on unit_1.parent_id = unit_2.unit_id
        and pieces.day between unit_2.valid_from and unit_2.valid_to
    left join units as unit_3
        on unit_2.parent_id = unit_3.unit_id
        and pieces.day between unit_3.valid_from and unit_3.valid_to
),

paths_in_words as (
    select
        *,
        concat_ws('/', unit_id, coalesce(region_id, ''), coalesce(department_id, ''), coalesce(team_id, '')) as path
    from paths
),

marked as (
    select
        *,
        lead(day) over (partition by employee_id order by day) as next_day,
        case
            when path = lag(path) over (partition by employee_id order by day)
                and {{ days_between('lag(stay_to) over (partition by employee_id order by day)', 'day') }} <= 1
                then 0
            else 1
        end as is_new_span
    from paths_in_words
),

numbered as (
    select
        *,
        sum(is_new_span) over (partition by employee_id order by day) as span,
        case when next_day <= stay_to then {{ add_days('next_day', -1) }} else stay_to end as piece_to
    from marked
),

final as (
    select
        numbered.employee_id,
        min(numbered.day) as valid_from,
        max(numbered.piece_to) as valid_to,
        numbered.unit_id,
        company.company_id,
        numbered.region_id,
        numbered.department_id,
        numbered.team_id
    from numbered
    cross join company
    group by
        numbered.employee_id, numbered.span, numbered.unit_id, company.company_id,
        numbered.region_id, numbered.department_id, numbered.team_id
)

select * from final
