"""The catalogue is whole, in both languages, leads nowhere else, runs nothing, and is drawn only when meaning changed."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.publish.catalogue.pages import write_catalogue
from pipelines.settings import Settings, load
from tests.journey.small_company import SmallCompany
from tests.publish.test_page import Elements

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}“'\""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue of the shipped configuration."""
    return write_catalogue(Settings(data_dir=tmp_path_factory.mktemp("data"))).path.parent


@pytest.fixture
def company(tmp_path: Path) -> SmallCompany:
    return SmallCompany(tmp_path / "company").lay_down()


def written(company: SmallCompany) -> int:
    return write_catalogue(load(company.folder)).pages


def pages(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}


def test_every_kpi_and_every_entity_has_a_page(shipped: Path) -> None:
    from pipelines.model import check

    definitions = check.read_definitions(Settings())
    expected = {"index.html"} | {f"kpis/{kpi_id}.html" for kpi_id in definitions.kpis}
    assert set(pages(shipped)) == expected | {f"entities/{name}.html" for name in definitions.entities}


def test_the_index_leads_from_the_aims_of_the_business_to_their_goals_long_and_short(company: SmallCompany) -> None:
    path = "kpi_definitions/goals/2026/march_signed.yml"
    said = yaml.safe_load((company.folder / path).read_text(encoding="utf-8"))
    long = {"id": "by_2028", "horizon": "long", "label": {"zh": "三年翻番", "en": "Twice as much by 2028"}}
    period = {"period": {"grain": "year", "from": "2026-01-01", "to": "2028-12-31"}}
    company.write("kpi_definitions/goals/2026/by_2028.yml", said | long | period)
    company.write(path, said | {"serves": "by_2028"})
    written(company)
    index = pages(company.data / "serving" / "catalogue")["index.html"]
    aim = index[index.index("<section") : index.index("</section>")]
    text = " ".join(re.sub(r"<[^>]+>", " ", aim).split())
    assert text.startswith(
        "小公司 Small company 长期 long term · a test A test 长期目标 Long-term goals 三年翻番 Twice as much by 2028"
    )
    assert "短期目标 Short-term goals 小公司 Small company → by_2028" in text
    assert 'href="kpis/won_amount.html#targets"' in aim


def test_links_lead_to_a_page_of_the_catalogue_or_to_the_scorecard(shipped: Path) -> None:
    scorecard = shipped.parent / "index.html"
    for path, text in pages(shipped).items():
        ids = set(re.findall(r'id="([^"]+)"', text))
        for tag, said in Elements(text).tags:
            assert "src" not in said, tag
            assert "style" not in said, "the policy would refuse it"
            assert not [name for name in said if name.startswith("on")], tag
            target = said.get("href") or "#main"
            if target.startswith("#"):
                assert target[1:] in ids, f"{path}: {target}"
            elif target != "data:,":
                file = ((shipped / path).parent / target.partition("#")[0]).resolve()
                assert file == scorecard or file.is_file(), f"{path}: {target}"


def test_pages_of_the_catalogue_allow_only_their_own_script_and_style(shipped: Path) -> None:
    for text in pages(shipped).values():
        elements = Elements(text)
        (policy,) = [
            said["content"] for _, said in elements.tags if said.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy is not None
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert [tag for tag, _ in elements.tags if tag == "script"] == ["script"]


def test_pages_of_the_catalogue_speak_both_languages(shipped: Path) -> None:
    for path, text in pages(shipped).items():
        assert len(re.findall('<span lang="zh">', text)) == len(re.findall('<span lang="en">', text)) > 10, path


def test_page_of_a_kpi_says_all_of_it(shipped: Path) -> None:
    text = html.unescape(pages(shipped)["kpis/win_rate.html"])
    for said in (
        "赢单率", "Win rate", "Won share of the deals closed in the period",
        "count(rows) of deals where status = 'won' by closed_at ÷",
        "秦岚 (sales_ops)", "Bai Hua (data_crm)", "提升销售业绩",
        "最多 2 个工作日前", "at most 2 working days old", "2% set aside",
        "Win at least 45 % of the deals closed", "below 5 cases the number is marked",
        "<b>0.5</b>", "Few cases", "2023-01-01", "facts_by_closed_at",
    ):  # fmt: skip
        assert said in text, said


def test_page_of_a_kpi_leads_from_the_source_column_to_the_goal(shipped: Path) -> None:
    text = pages(shipped)["kpis/win_rate.html"]
    row = next(row for row in text.split("<tr>") if "关闭日期" in row)
    assert "<code>raw_crm.deals</code>" in row
    assert '<a href="../entities/deals.html">' in row
    assert "<code>closed_at</code>" in row
    assert '<span lang="en">date</span>' in row
    flow = text.split('<ol class="flow">')[1].split("</ol>")[0]
    order = ["raw_crm.deals", "entities/deals.html", "<b>", "#targets", "../../index.html", "published.kpi_values"]
    places = [flow.index(said) for said in order]
    assert places == sorted(places)


def test_page_of_an_entity_says_where_each_field_comes_from_and_who_uses_it(shipped: Path) -> None:
    text = pages(shipped)["entities/deals.html"]
    row = text.split('<tr id="closed_at">')[1].split("</tr>")[0]
    for said in (
        "关闭时间",
        "When it was won or lost, UTC",
        "timestamp",
        "raw_crm.deals",
        "关闭日期",
        "../kpis/win_rate.html",
    ):
        assert said in row
    assert "固定值 CNY" in text.split('<tr id="currency">')[1].split("</tr>")[0]


def test_words_of_people_are_shown_as_text(company: SmallCompany) -> None:
    label = {"zh": HOSTILE, "en": HOSTILE}
    company.write(
        "kpi_definitions/kpis/sales/odd.yml",
        {
            "id": "odd", "label": label, "description": label, "business_goal": "raise_sales", "owner": "sales_ops",
            "steward": "data_crm", "unit": "count", "direction": "up", "versions": [{"from": "2026-01-01"}],
            "simple": {"measure": {"entity": "deals", "agg": "count", "filter": "stage = '<b>x</b>'", "date": "closed_at"}},
            "examples": [{"given": {"deals": [{"stage": HOSTILE}]}, "at": {"month": HOSTILE}, "expect": {"value": HOSTILE}}],
        },
    )  # fmt: skip
    goal: dict[str, Any] = {
        "id": "odd_goal", "label": label, "kpi": "odd", "scope": {"level": "company"},
        "period": {"grain": "month", "from": "2026-03-01", "to": "2026-03-31"}, "target": {"value": 1}, "owner": "vp_sales",
    }  # fmt: skip
    company.write("kpi_definitions/goals/2026/odd_goal.yml", goal)
    people = [{"id": one, "name": HOSTILE} for one in ("vp_sales", "sales_ops", "data_crm", "data_erp")]
    company.write("kpi_definitions/people.yml", {"people": people})
    aims = [{"id": one, "label": label, "kpis": [], "why": "x"} for one in ("raise_sales", "raise_loyalty")]
    company.write("kpi_definitions/business_goals.yml", {"business_goals": aims})
    written(company)
    for path, text in pages(company.data / "serving" / "catalogue").items():
        tags = [tag for tag, _ in Elements(text).tags]
        assert tags.count("script") == 1, path
        assert "img" not in tags, path
        assert "49" not in re.sub(r"<code>[^<]*</code>|sha256-\S+", "", text).split("<body")[1].split("<script")[0], (
            path
        )
    odd = pages(company.data / "serving" / "catalogue")["kpis/odd.html"]
    assert odd.count(str(html.escape(HOSTILE)).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")) >= 8
    assert "&lt;b&gt;x&lt;/b&gt;" in odd


def test_pages_are_drawn_only_where_meaning_changed(company: SmallCompany) -> None:
    first = written(company)
    assert first >= 40
    assert written(company) == 0
    folder = company.data / "serving" / "catalogue"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}
    company.write(
        "expectations/raw_crm/deals.yml", (company.folder / "expectations/raw_crm/deals.yml").read_text() + "\n"
    )
    assert written(company) == first  # each page names the definitions it was drawn from
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}.keys() == before.keys()


def test_the_page_of_a_kpi_that_is_gone_goes_too(company: SmallCompany) -> None:
    written(company)
    folder = company.data / "serving" / "catalogue"
    assert (folder / "kpis" / "avg_order_value.html").is_file()
    path = company.folder / "kpi_definitions" / "company.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("- avg_order_value\n", ""), encoding="utf-8")
    written(company)
    assert not (folder / "kpis" / "avg_order_value.html").exists()
    assert "avg_order_value" not in "".join(pages(folder).values())


def test_a_catalogue_that_was_left_half_drawn_is_drawn_again(company: SmallCompany) -> None:
    first = written(company)
    folder = company.data / "serving" / "catalogue"
    (folder / ".definitions").unlink()
    (folder / "kpis" / "won_amount.html").unlink()
    assert written(company) == 1 < first


def test_scorecard_leads_to_the_catalogue_of_the_same_run(demo_run: Path) -> None:
    serving = demo_run / "serving"
    links = set(re.findall(r'href="(catalogue/[^"]+)"', (serving / "index.html").read_text(encoding="utf-8")))
    assert "catalogue/index.html" in links
    assert "catalogue/kpis/won_amount.html" in links
    assert [link for link in links if not (serving / link).is_file()] == []


@pytest.mark.parametrize(("language", "shown"), [("zh", "赢单率"), ("en", "Win rate")])
def test_page_of_a_kpi_in_a_browser_has_no_error_and_keeps_the_language(
    shipped: Path, tmp_path: Path, chromium: str, language: str, shown: str
) -> None:
    address = (shipped / "kpis" / "win_rate.html").as_uri()
    done = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run", "--enable-logging=stderr",
         f"--user-data-dir={tmp_path / 'browser'}", "--virtual-time-budget=5000", "--dump-dom", f"{address}?lang={language}"],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert "CONSOLE" not in done.stderr, "an error on the page, or something the policy refused"
    assert f'data-lang="{language}"' in done.stdout
    assert shown in done.stdout
    assert f'/entities/deals.html?lang={language}"' in done.stdout
