-- What the files beside this one share. Each hands over rows of (day, person_id, numbers) that it summed up before.
create temp table by_hand (
    kpi_id varchar, is_to_date boolean, grain varchar, period_start date, level varchar, unit_id varchar,
    numerator decimal(38, 12), denominator decimal(38, 12), value decimal(38, 12)
);

-- China has had one zone without summer time since 1991; adding 8 hours costs a tenth of asking for the zone.
create temp macro local_day(instant) as cast(instant + interval 8 hours as date);
create temp macro divided(a, b) as cast(a as double) / nullif(cast(b as double), 0);
create temp macro as_of() as (select as_of_date from definitions.run);
create temp macro company() as (select company_id from definitions.company);

create temp table paths as
select row_number() over () as path, employee_id, valid_from, valid_to,
    coalesce(region_id, 'unassigned') as region_id, coalesce(department_id, 'unassigned') as department_id,
    coalesce(team_id, 'unassigned') as team_id, employee_id as rep_id
from employee_units
union all
select 0, null, null, null, 'unassigned', 'unassigned', 'unassigned', 'unassigned';

-- The earlier periods that a running one is compared with, up to the same working day.
create temp table parts as
select grain, period_start, first_day, last_day from spans where span = 'period' and is_to_date;

create temp table levels as
select unnest(['company', 'region', 'department', 'team', 'rep']) as level;

-- Each person's numbers of a day, credited to the path of units in which the person stood on that day.
create temp macro credited(daily) as table
select coalesce(paths.path, 0) as path, daily.* exclude (person_id)
from query_table(daily) as daily
left join paths on daily.person_id = paths.employee_id and daily.day between paths.valid_from and paths.valid_to
where daily.day <= as_of();

-- From sums by period and path to sums by period and unit. Few rows: the five levels are five grouping sets.
create temp macro by_unit(sums) as table
select is_to_date, grain, period_start,
    case when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department'
        when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' else 'company' end as level,
    coalesce(region_id, department_id, team_id, rep_id, company()) as unit_id,
    sum(columns(sums.* exclude (is_to_date, grain, period_start, path)))
from query_table(sums) as sums
inner join paths using (path)
group by grouping sets (
    (is_to_date, grain, period_start), (is_to_date, grain, period_start, region_id),
    (is_to_date, grain, period_start, department_id), (is_to_date, grain, period_start, team_id),
    (is_to_date, grain, period_start, rep_id)
)
having not (grain = 'day' and grouping(rep_id) = 0);

-- By grain and path: days into weeks and months, months into quarters and years (fiscal months nest in both).
create temp macro by_period(daily, days, weeks) as table
with placed as materialized (
    select * from credited(daily)
),
by_day as (
    select day, path, sum(columns(placed.* exclude (day, path))) from placed group by day, path
),
by_month as materialized (
    select c.month_start, c.quarter_start, c.year_start, path, sum(columns(placed.* exclude (day, path)))
    from placed inner join calendar_days as c using (day) group by all
)
select false as is_to_date, 'day' as grain, day as period_start, by_day.* exclude (day) from by_day where days
union all by name
select false as is_to_date, 'week' as grain, c.week_start as period_start, path, sum(columns(placed.* exclude (day, path)))
from placed inner join calendar_days as c using (day) where weeks group by c.week_start, path
union all by name
select false as is_to_date, 'month' as grain, month_start as period_start,
    by_month.* exclude (month_start, quarter_start, year_start) from by_month
union all by name
select false as is_to_date, 'quarter' as grain, quarter_start as period_start, path,
    sum(columns(by_month.* exclude (month_start, quarter_start, year_start, path)))
from by_month group by quarter_start, path
union all by name
select false as is_to_date, 'year' as grain, year_start as period_start, path,
    sum(columns(by_month.* exclude (month_start, quarter_start, year_start, path)))
from by_month group by year_start, path
union all by name
select true as is_to_date, parts.grain, parts.period_start, path, sum(columns(placed.* exclude (day, path)))
from placed inner join parts on placed.day between parts.first_day and parts.last_day
where weeks or parts.grain <> 'week'
group by parts.grain, parts.period_start, path;

-- How many different keys there are by period and unit, of rows (day, person_id, key). A key counts in a period on its
-- first day there; so with the day before on which the same key was in the same unit, distinct counts add up like sums.
create temp macro first_days(events) as table
with placed as (
    select distinct key, day, path from credited(events) where key is not null
),
beside as materialized (
    select key, day, path,
        lag(day) over (partition by key order by day) as before,
        min(path) over (partition by key) <> max(path) over (partition by key) as is_mixed
    from placed
),
-- Most keys stay with one person: then the day before is the same at every level. Of the others each level has its own.
mixed as materialized (
    select key, day, paths.* from beside inner join paths using (path) where is_mixed
),
befores as (
    select path, 'all' as level, day, before from beside where not is_mixed
    union all
    select path, 'company', day, before from beside where is_mixed
    union all
    select path, 'region', day, lag(day) over (partition by key, region_id order by day) from mixed
    union all
    select path, 'department', day, lag(day) over (partition by key, department_id order by day) from mixed
    union all
    select path, 'team', day, lag(day) over (partition by key, team_id order by day) from mixed
    union all
    select path, 'rep', day, lag(day) over (partition by key, rep_id order by day) from mixed
)
select path, befores.level, day, c.week_start, c.month_start, c.quarter_start, c.year_start,
    count(*) filter (where before is null or before < day) as of_day,
    count(*) filter (where before is null or before < c.week_start) as of_week,
    count(*) filter (where before is null or before < c.month_start) as of_month,
    count(*) filter (where before is null or before < c.quarter_start) as of_quarter,
    count(*) filter (where before is null or before < c.year_start) as of_year
from befores inner join calendar_days as c using (day)
group by all;

create temp macro distinct_by_period(first_days, days, weeks) as table
with firsts as (
    select * from query_table(first_days)
),
counted as (
    select false as is_to_date, 'day' as grain, day as period_start, path, level, sum(of_day) as counted
    from firsts where days group by day, path, level
    union all
    select false, 'week', week_start, path, level, sum(of_week) from firsts where weeks group by week_start, path, level
    union all
    select false, 'month', month_start, path, level, sum(of_month) from firsts group by month_start, path, level
    union all
    select false, 'quarter', quarter_start, path, level, sum(of_quarter) from firsts group by quarter_start, path, level
    union all
    select false, 'year', year_start, path, level, sum(of_year) from firsts group by year_start, path, level
    union all
    select true, parts.grain, parts.period_start, path, level,
        sum(case parts.grain when 'week' then of_week when 'month' then of_month when 'quarter' then of_quarter
            else of_year end)
    from firsts inner join parts on firsts.day between parts.first_day and parts.last_day
    where weeks or parts.grain <> 'week'
    group by parts.grain, parts.period_start, path, level
)
select is_to_date, grain, period_start, levels.level,
    case levels.level when 'company' then company() when 'region' then region_id when 'department' then department_id
        when 'team' then team_id else rep_id end as unit_id,
    sum(counted) as counted
from counted
inner join paths using (path)
inner join levels on counted.level = 'all' or counted.level = levels.level
where not (grain = 'day' and levels.level = 'rep')
group by all
having sum(counted) > 0;

-- The median and the 90th percentile by period and unit, of rows (day, person_id, value): of each from the rows.
create temp macro ordered_by_period(rows_of_days, days) as table
with placed as (
    select c.day, c.week_start, c.month_start, c.quarter_start, c.year_start, paths.*, value
    from credited(rows_of_days)
    inner join calendar_days as c using (day)
    inner join paths using (path)
    where value is not null
),
in_parts as (
    select parts.grain, parts.period_start, placed.*
    from placed inner join parts on placed.day between parts.first_day and parts.last_day
)
select false as is_to_date,
    case when grouping(week_start) = 0 then 'week' when grouping(month_start) = 0 then 'month'
        when grouping(quarter_start) = 0 then 'quarter' else 'year' end as grain,
    coalesce(week_start, month_start, quarter_start, year_start) as period_start,
    case when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department'
        when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' else 'company' end as level,
    coalesce(region_id, department_id, team_id, rep_id, company()) as unit_id,
    quantile_cont(value, [0.5, 0.9]) as quantiles
from placed
group by
    grouping sets (week_start, month_start, quarter_start, year_start),
    grouping sets ((), region_id, department_id, team_id, rep_id)
union all
select false, 'day', day,
    case when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department'
        when grouping(team_id) = 0 then 'team' else 'company' end,
    coalesce(region_id, department_id, team_id, company()),
    quantile_cont(value, [0.5, 0.9])
from placed
where days
group by day, grouping sets ((), region_id, department_id, team_id)
union all
select true, grain, period_start,
    case when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department'
        when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' else 'company' end,
    coalesce(region_id, department_id, team_id, rep_id, company()),
    quantile_cont(value, [0.5, 0.9])
from in_parts
group by grain, period_start, grouping sets ((), region_id, department_id, team_id, rep_id);

-- What is open at the end of each period, of rows (day, person_id, change): summed up over the days, then looked at.
create temp macro open_at_ends(changes) as table
with grid as (
    select c.day, people.person_id
    from calendar_days as c
    cross join (select distinct person_id from query_table(changes)) as people
    where c.day between (select min(day) from query_table(changes)) and as_of()
),
summed as (
    select day, person_id, sum(change) as change from query_table(changes) group by day, person_id
),
states as (
    select grid.day, grid.person_id as employee_id,
        sum(summed.change) over (partition by grid.person_id order by grid.day) as still_open
    from grid left join summed on grid.day = summed.day and grid.person_id is not distinct from summed.person_id
),
of_units as materialized (
    select day,
        case when grouping(region_id) = 0 then 'region' when grouping(department_id) = 0 then 'department'
            when grouping(team_id) = 0 then 'team' when grouping(rep_id) = 0 then 'rep' else 'company' end as level,
        coalesce(region_id, department_id, team_id, rep_id, company()) as unit_id,
        sum(still_open) as still_open
    from (
        select states.day, coalesce(paths.path, 0) as path, still_open
        from states
        left join paths
            on states.employee_id = paths.employee_id and states.day between paths.valid_from and paths.valid_to
        where still_open <> 0
    ) as credited
    inner join paths using (path)
    group by day, grouping sets ((), region_id, department_id, team_id, rep_id)
)
select spans.is_to_date, spans.grain, spans.period_start, of_units.level, of_units.unit_id, of_units.still_open
from of_units
inner join spans on of_units.day = spans.last_day
where spans.span = 'period' and not (spans.grain = 'day' and of_units.level = 'rep');
