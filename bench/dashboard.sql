-- What ten charts of a dashboard ask the served file: bench/serving.py.

-- cards of the company
select kpi_id, value, year_ago_change, quality
from published.kpi_values
where level = 'company' and grain = 'month' and cut = 'none'
    and period_start = (select max(period_start) from published.kpi_values where grain = 'month' and not is_partial);

-- trend of a KPI
select period_start, value
from published.kpi_values
where kpi_id = 'won_amount' and level = 'company' and grain = 'month' and cut = 'none'
order by period_start;

-- regions beside each other
select unit_id, period_start, value
from published.kpi_values
where kpi_id = 'won_amount' and level = 'region' and grain = 'quarter' and cut = 'none';

-- best of the reps
select unit_id, value
from published.kpi_values
where kpi_id = 'won_amount' and level = 'rep' and grain = 'quarter' and cut = 'none'
    and period_start = (select max(period_start) from published.kpi_values where grain = 'quarter')
order by value desc
limit 10;

-- a KPI by product
select cut_value, sum(value) as value
from published.kpi_values
where kpi_id = 'won_amount' and level = 'company' and grain = 'month' and cut = 'product_category'
group by cut_value;

-- goals and where they stand
select kpi_id, unit_id, target, actual, pace, status
from published.goal_attainment
where level in ('company', 'region') and not is_closed;

-- how many goals are red
select level, status, count(*) as goals
from published.goal_attainment
where grain = 'quarter'
group by level, status;

-- the tree of units
select unit_id, parent_id, level, label_zh
from published.units
where valid_to is null;

-- what the checks said
select "table", status, sum(failed_rows) as failed_rows
from published.quality_results
group by "table", status;

-- definitions and owners
select kpi_id, label_zh, label_en, owner, formula
from published.kpi_catalog;
