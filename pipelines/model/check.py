"""Everything a configuration says, read and checked against itself: what `kpi validate` does.

Belongs here: rules that need two files (a KPI and its entity, a goal and its KPI, an owner and the people).
Does not: rules inside one file (they stand with the file's shape).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

from pipelines.errors import KpiError, KpiErrors, did_you_mean
from pipelines.extract.contract import SourceContract, read_all_contracts
from pipelines.model import check_goal, check_kpi, check_report, check_scorecard, matching, reconciliation
from pipelines.model.company import BusinessGoal, Company, Person, read_business_goals, read_company, read_people
from pipelines.model.compiler import folder, inputs, reconciled
from pipelines.model.entities import Entity, read_entities
from pipelines.model.goal import GoalFile, by_kpi, read_goals
from pipelines.model.kpi import KpiFile, read_kpis
from pipelines.model.kpi.catalogue import SHIPPED
from pipelines.model.matching import MatchingFile
from pipelines.model.pack import PackFile, read_packs
from pipelines.model.reconciliation import Reconciliation, ReconciliationsFile
from pipelines.model.report import ReportFile, read_reports, read_rules
from pipelines.model.scorecard import ScorecardFile, read_scorecards
from pipelines.settings import Settings
from pipelines.watch.alerts import channels
from pipelines.yaml_file import Place

Read = TypeVar("Read")


class Definitions(NamedTuple):
    """All that people wrote for one configuration, checked."""

    company: Company
    people: dict[str, Person]
    business_goals: dict[str, BusinessGoal]
    contracts: list[SourceContract]
    kpis: dict[str, KpiFile]
    goals: dict[str, GoalFile]
    entities: dict[str, Entity]
    compiled: dict[str, str]  # every compiled file by path
    reconciliations: list[Reconciliation]  # those with both sides fed
    off: list[SourceContract]  # contracts that are switched off
    measured: dict[str, Entity]  # the entities with the fields the company added
    computed: frozenset[str]  # the KPIs whose every entity some system feeds
    packs: dict[str, PackFile]
    scorecards: dict[str, ScorecardFile]
    reports: dict[str, ReportFile]


def read_definitions(settings: Settings) -> Definitions:
    """Reads and checks a whole configuration, also the contracts that are off, which are not compiled.

    Raises KpiErrors with every mistake found, each with its file and line where it has one.
    """
    errors: list[KpiError] = []

    def collect(read: Callable[[], Read], instead: Any) -> Read:
        try:
            return read()
        except KpiErrors as several:
            errors.extend(several.errors)
        except KpiError as error:
            errors.append(error)
        return instead

    home = settings.kpi_definitions
    company = collect(lambda: read_company(home), None)
    people = collect(lambda: read_people(home), {})
    business_goals = collect(lambda: read_business_goals(home), {})
    contracts, off = collect(lambda: read_all_contracts(settings), ([], []))
    kpis = collect(lambda: read_kpis(home, company.catalogue if company else ()), {})
    goals = collect(lambda: read_goals(home), {})
    scorecards = collect(lambda: read_scorecards(home), {})
    reports = collect(lambda: read_reports(home), {})
    collect(lambda: read_rules(home), [])
    packs = collect(lambda: read_packs(home), {})
    if company and home.resolve() != SHIPPED.resolve() and set(company.packs) - set(packs):
        packs = collect(lambda: read_packs(SHIPPED), {}) | packs
    matched = collect(lambda: matching.read_matching(home), None)
    compared = collect(lambda: reconciliation.read_reconciliations(home), ReconciliationsFile())
    told_by = collect(lambda: channels.read_channels(home), None)
    entities = collect(read_entities, {})
    fed, own = {}, entities
    if told_by and people:
        errors += channels.problems(told_by, people)
    if entities:
        fed = collect(lambda: inputs.feeds(contracts, settings.models), {})
        own = folder.with_own_fields(entities, fed)
        errors += [error for file in kpis.values() for error in check_kpi.errors(file, kpis, own)]
        errors += check_kpi.circles(kpis)
        errors += _matching_errors(matched, contracts, entities) if matched else []
        errors += reconciliation.problems(compared, entities, people)
        errors += collect(lambda: inputs.problems(inputs.feeds(off, settings.models), entities, settings.sources), [])
    if people:
        errors += [error for file in kpis.values() for error in _people_errors(file, people)]
        errors += _contract_owner_errors(settings, [*contracts, *off], people)
    if business_goals:
        errors += [error for file in kpis.values() for error in _business_goal_errors(file, business_goals)]
    errors += check_goal.errors(goals, kpis, people, contracts, company)
    errors += check_scorecard.errors(scorecards, kpis, company)
    errors += check_report.errors(reports, kpis, people)
    if company:
        errors += [
            KpiError(f"packs: there is no pack {name}{did_you_mean(name, list(packs))}", file=home / "company.yml")
            for name in company.packs
            if name not in packs
        ]
    if errors:
        raise KpiErrors(errors)
    rules = matched.matching if matched else None
    checks = reconciled.possible(compared.checks, fed)
    compiled = folder.compile_all(
        contracts, settings.models, kpis, company, entities, settings.sources, rules, checks, by_kpi(goals)
    )
    return Definitions(
        company,
        people,
        business_goals,
        contracts,
        kpis,
        goals,
        entities,
        compiled,
        checks,
        off,
        own,
        frozenset(folder.computed({kpi_id: file.kpi for kpi_id, file in kpis.items()}, entities, fed)),
        packs,
        scorecards,
        reports,
    )


def _matching_errors(
    matched: MatchingFile, contracts: list[SourceContract], entities: dict[str, Entity]
) -> list[KpiError]:
    feeding = [
        c.system for c in contracts for t in c.tables.values() if any(m.entity == "customers" for m in t.entities)
    ]
    fields = [column.name for column in entities["customers"].delivered]
    return matching.problems(matched, sorted(set(feeding)), fields)


def _people_errors(file: KpiFile, people: dict[str, Person]) -> Iterator[KpiError]:
    named: list[tuple[str, Place, str]] = [
        ("owner", ("owner",), file.kpi.owner),
        ("steward", ("steward",), file.kpi.steward),
    ]
    named += [("shared_with", ("shared_with", number), one) for number, one in enumerate(file.kpi.shared_with)]
    for field, place, person in named:
        if person not in people:
            hint = did_you_mean(person, list(people))
            yield file.file.error(f"{field} {person} is nobody in people.yml{hint}", place)


def _contract_owner_errors(
    settings: Settings, contracts: list[SourceContract], people: dict[str, Person]
) -> Iterator[KpiError]:
    for contract in contracts:
        if contract.owner not in people:
            path = settings.sources / f"{contract.system}.yml"
            hint = did_you_mean(contract.owner, list(people))
            yield KpiError(f"owner {contract.owner} is nobody in people.yml{hint}", file=path)


def _business_goal_errors(file: KpiFile, business_goals: dict[str, BusinessGoal]) -> Iterator[KpiError]:
    aim = file.kpi.business_goal
    if aim not in business_goals:
        hint = did_you_mean(aim, list(business_goals))
        yield file.file.error(f"business_goal {aim} is not in business_goals.yml{hint}", ("business_goal",))
