-- One row per KPI, grain, period, level, unit and cut: months and longer for every live unit since the KPI's first number,
-- days, weeks and cuts only where something happened.
with {{ values_of_units('kpi_numbers', over_goals=false) }}

select * from final
