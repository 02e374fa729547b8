-- One row per period that a goal or scorecard has, level, unit and level above: under whom the unit stood on the first day.
-- Who comes later has no part in that period's targets, so that nobody's target changes because another is hired.
with periods as (
    select grain, period_start from {{ source('definitions', 'goals') }}
    union
    select grain, period_start from {{ source('definitions', 'scorecards') }}
),

company as (
    select company_id from {{ source('definitions', 'company') }}
),

employees as (
    select employee_id, valid_from, role, hired_date, left_date from {{ ref('employees') }}
),

charted as (
    select
        periods.grain,
        periods.period_start,
        case paths.unit_id when paths.team_id then 'team' when paths.department_id then 'department' else 'region' end as level,
        paths.unit_id,
        paths.region_id,
        paths.department_id,
        paths.team_id,
        cast(null as string) as role,
        cast(null as int) as months_there
    from periods
    inner join {{ ref('unit_paths') }} as paths
        on periods.period_start between paths.valid_from and paths.valid_to
        and paths.unit_id in (paths.region_id, paths.department_id, paths.team_id)
),

-- What is said of an employee last before the first day holds on it.
employed as (
    select
        periods.grain,
        periods.period_start,
        employees.employee_id,
        employees.role,
        employees.hired_date,
        row_number() over (
            partition by periods.grain, periods.period_start, employees.employee_id order by employees.valid_from desc
        ) as newest
    from periods
    inner join employees
        on periods.period_start >= employees.valid_from
        and (periods.period_start <= employees.left_date or employees.left_date is null)
),

reps as (
    select
        employed.grain,
        employed.period_start,
        'rep' as level,
        employed.employee_id as unit_id,
        stays.region_id,
        stays.department_id,
        stays.team_id,
        employed.role,
        {{ whole_months_between('coalesce(employed.hired_date, stays.valid_from)', 'employed.period_start') }} as months_there
    from employed
    inner join {{ ref('employee_units') }} as stays
        on employed.employee_id = stays.employee_id
        and employed.period_start between stays.valid_from and stays.valid_to
    where employed.newest = 1
),

units as (
    select * from charted
    union all
    select * from reps
),

{% set levels = ['company', 'region', 'department', 'team'] -%}
final as (
    {%- for level in levels %}
    {%- set above_id = ('company.' if level == 'company' else 'units.') ~ level ~ '_id' %}
    select
        units.grain,
        units.period_start,
        units.level,
        units.unit_id,
        '{{ level }}' as above_level,
        {{ above_id }} as above_id,
        units.role,
        units.months_there
    from units
    cross join company
    where {{ above_id }} <> units.unit_id
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from final
