-- One row per KPI that stands on targets, grain, period, level and unit: as unit_values has of the others.
with {{ values_of_units('goal_numbers', over_goals=true) }}

select * from final
