"""Reports go to whom they are due, once, by a real mail server; and no server makes sending fail."""

from __future__ import annotations

import datetime as dt
import shutil
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from pipelines.errors import KpiError
from pipelines.model.company import Company, Person
from pipelines.model.report import Report
from pipelines.publish.reports.period import Span
from pipelines.watch.alerts.channels import Channels
from pipelines.watch.reports import sent
from pipelines.watch.reports.due import due, working_days
from pipelines.watch.reports.send import send_due, what_is_due
from tests.publish.reports.served import lay_down
from tests.publish.reports.test_outputs import needs_pango
from tests.watch.alerts.office import Office
from tests.watch.alerts.receivers import Post, Web, always, free_port

NOON = dt.datetime(2026, 5, 20, 4, tzinfo=dt.UTC)  # 12:00 in Shanghai, 14 working days after April
NIGHT = dt.datetime(2026, 5, 20, 15, tzinfo=dt.UTC)  # 23:00 in Shanghai
SAYS = {
    "id": "sales", "label": {"zh": "销售", "en": "Sales"}, "kpis": ["won_amount", "win_rate"],
    "month": {"sections": ["attainment", "problems", "suggestions"]},
    "send": [{"to": ["zhou", "lee"], "grain": "month", "working_day": 3}],
}  # fmt: skip
PEOPLE = [
    {"id": "zhou", "name": {"zh": "周文", "en": "Zhou Wen"}, "language": "zh", "unit": "region_east", "roles": ["manager"],
     "channels": ["mail"], "mail": "zhou@example.com", "quiet_hours": "20:00-08:00"},
    {"id": "lee", "name": "Lee", "language": "en", "employee_id": "r2", "roles": ["rep"], "channels": ["chat"],
     "mail": "lee@example.com"},
]  # fmt: skip


@pytest.fixture(scope="session")
def served_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_down(tmp_path_factory.mktemp("sent") / "kpi.duckdb")


@pytest.fixture
def firm(office: Office, post: tuple[Post, int], web: Web, served_file: Path) -> Office:
    """An office with a mail server, a chat, a publication and a report that is sent."""
    _, port = post
    office.people(PEOPLE)
    address = f"mailto://127.0.0.1:{port}?from=kpi@example.com&mode=insecure"
    office.channels({"mail": {"address": address}, "chat": {"address": "dingtalk://${CHAT_TOKEN}", "server": web.address}},
                    link="https://kpi.example.com/reports")  # fmt: skip
    (office.folder / "kpi_definitions" / "reports").mkdir()
    office.write("reports/sales.yml", SAYS)
    office.settings.serving.mkdir(parents=True)
    shutil.copyfile(served_file, office.settings.serving / "kpi.duckdb")
    return office


def sends(firm: Office, at: dt.datetime = NOON, again: bool = False) -> list[str]:
    return send_due(firm.settings, at, again, firm.sender)


def parts(mail: EmailMessage) -> dict[str, Any]:
    return {part.get_filename() or part.get_content_type(): part for part in mail.walk() if not part.is_multipart()}


def test_a_mailbox_gets_text_html_pdf_and_workbook_in_its_readers_language(
    firm: Office, post: tuple[Post, int]
) -> None:
    assert sends(firm) == ["sent: sales 2026-04 to zhou by mail", "sent: sales 2026-04 to lee by chat"]
    (mail,) = post[0].mails
    assert mail["Subject"] == "销售月报 · 华东大区 · 2026年4月"
    found = parts(mail)
    assert list(found)[:3] == ["text/plain", "text/html", "2026-04-sales-zh.xlsx"]
    text = found["text/plain"].get_content()
    assert "- 签单金额: 实际" in text  # ours, not one made of the HTML
    assert "<table" in found["text/html"].get_content()
    needs_pango()
    assert found["2026-04-sales-zh.pdf"].get_content().startswith(b"%PDF-")
    book = load_workbook(BytesIO(found["2026-04-sales-zh.xlsx"].get_content()))
    assert book.sheetnames[0] == "概览"


def test_nobody_is_sent_rows_of_others(firm: Office, post: tuple[Post, int], web: Web) -> None:
    sends(firm)
    (mail,) = post[0].mails
    whole = "".join(part.get_content() for part in parts(mail).values() if part.get_content_maintype() == "text")
    assert "华东大区" in whole
    assert "华南" not in whole
    (got,) = web.got
    assert got.body["text"]["content"].startswith(
        "Sales: monthly report · ＠Li Na · Apr 2026"
    )  # lee sees what is theirs
    assert "https://kpi.example.com/reports/r2/2026-04-sales-en.html" in got.body["text"]["content"]


def test_a_report_is_sent_once_unless_it_is_asked_for_again(firm: Office, post: tuple[Post, int]) -> None:
    sends(firm)
    assert sends(firm) == ["no report is due"]
    assert what_is_due(firm.settings, NOON) == []
    assert len(post[0].mails) == 1
    assert len(sends(firm, again=True)) == 2
    assert len(post[0].mails) == 2


def test_quiet_hours_hold_a_report_back_until_they_end(firm: Office, post: tuple[Post, int]) -> None:
    assert sends(firm, NIGHT)[-1] == "held back by quiet hours: zhou"
    assert post[0].mails == []
    assert sends(firm, NIGHT + dt.timedelta(hours=10)) == ["sent: sales 2026-04 to zhou by mail"]


def test_a_mail_server_that_is_down_is_told_and_tried_again(firm: Office, post: tuple[Post, int]) -> None:
    said = firm.said.model_dump()["channels"]
    broken = dict(said["mail"], address=f"mailto://127.0.0.1:{free_port()}?from=kpi@example.com&mode=insecure")
    firm.channels(said | {"mail": broken})
    lines = sends(firm)
    assert lines[0].startswith("not sent: sales 2026-04 to zhou by mail (")
    assert lines[1] == "sent: sales 2026-04 to lee by chat"  # the others get theirs
    firm.channels(said)
    assert sends(firm) == ["sent: sales 2026-04 to zhou by mail"]
    assert len(post[0].mails) == 1


def test_a_chat_that_refuses_is_told_without_its_token(firm: Office, web: Web) -> None:
    web.answer = always(200, b'{"errcode":310000,"errmsg":"no"}')
    (line,) = [line for line in sends(firm) if "lee" in line]
    assert "errcode 310000" in line
    assert "tok0secret" not in line


def test_an_attempt_that_was_cut_off_is_made_again(firm: Office, post: tuple[Post, int]) -> None:
    (one, *_) = what_is_due(firm.settings, NOON)
    sent.note(firm.settings, one.key, "attempt", NOON)  # and the process died
    assert "sent: sales 2026-04 to zhou by mail" in sends(firm)


def test_what_was_sent_is_never_changed(firm: Office) -> None:
    import sqlite3

    sends(firm)
    with sqlite3.connect(firm.settings.data / "reports.sqlite") as con:
        for statement in ("update sent set outcome = 'failed'", "delete from sent"):
            with pytest.raises(sqlite3.IntegrityError, match="never"):
                con.execute(statement)


def test_without_channels_nothing_is_sent(firm: Office) -> None:
    (firm.folder / "kpi_definitions" / "channels.yml").unlink()
    assert sends(firm)[0].startswith("no channel is configured")


def test_without_a_publication_it_is_said(firm: Office) -> None:
    (firm.settings.serving / "kpi.duckdb").unlink()
    with pytest.raises(KpiError, match="nothing has been published yet"):
        sends(firm)


def test_a_report_is_due_from_its_working_day_on(office: Office) -> None:
    from pipelines.model.company import read_company

    company = read_company(office.settings.kpi_definitions).model_copy(update={"holidays": "CN"})
    april = dt.date(2026, 4, 30)
    assert working_days(company, april, dt.date(2026, 5, 5)) == 0  # Labour Day: 1 to 5 May
    assert working_days(company, april, dt.date(2026, 5, 8)) == 3
    spans = {"month": [Span(dt.date(2026, 4, 1), april), Span(dt.date(2026, 5, 1), dt.date(2026, 5, 31))]}
    assert _due(company, spans, dt.date(2026, 5, 7), dt.date(2026, 5, 7)) == []
    assert _due(company, spans, dt.date(2026, 5, 7), dt.date(2026, 5, 8)) == ["sales|month|2026-04|zhou|mail"]
    # April is not whole in what is published yet: nothing of it is told.
    assert _due(company, spans, dt.date(2026, 4, 29), dt.date(2026, 5, 8)) == []


def _due(company: Company, spans: dict[str, list[Span]], as_of: dt.date, today: dt.date) -> list[str]:
    reports = {"sales": Report.model_validate(SAYS)}
    people = {"zhou": Person.model_validate(PEOPLE[0])}
    channels = Channels.model_validate({"channels": {"mail": {"address": "mailtos://a:${B}@c.example"}}})
    return [one.key for one in due(reports, people, channels, company, "lanhai", spans, as_of, today)]
