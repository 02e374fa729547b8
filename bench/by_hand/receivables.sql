-- What was due, by the day it was.
create temp table due as
select due_date as day, owner_id as person_id, sum(amount_due) as due
from receivables
where due_date is not null
group by all;

create temp table due_by_path as from by_period('due', false, true);
create temp table due_by_unit as from by_unit('due_by_path');
