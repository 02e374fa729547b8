"""The rows of a small organisation in Zoho CRM, written by hand where a number of a test hangs on them.

Belongs here: what the organisation holds at first, and what changes before it is read again. Does not: the API.
March 2026 at first: seven deals won, three lost; then one won deal is deleted, one more won, one more lost.
"""

from __future__ import annotations

from typing import Any

from tests.extract.packs.zoho_server import ZohoServer

ZONE = "+08:00"
WANG, SMITH, CHEN, LEFT, NOBODY = "701", "702", "703", "704", "799"  # 799 owns deals and is no user any more
NAMES = {WANG: "王芳", SMITH: "Anna Smith", CHEN: "陈 静", LEFT: "Tom O'Neil", NOBODY: "离职员工"}
CONTACTS = 2300  # more than the 2,000 that page numbers reach
LEADS = 205  # more than one page

# id, account, owner, stage, amount, currency, closing day, created
DEALS: list[tuple[str, str, str, str, str | None, str, str, str]] = [
    ("901", "501", WANG, "Closed Won", "120000.50", "CNY", "2026-03-02", "2026-02-10T10:00:00"),
    ("902", "502", WANG, "Closed Won", "8000.25", "CNY", "2026-03-09", "2026-02-07T10:00:00"),
    ("903", "503", SMITH, "Closed Won", "45000", "CNY", "2026-03-31", "2026-01-05T09:30:00"),
    ("904", "504", SMITH, "Closed Won", "999.99", "CNY", "2026-03-15", "2026-03-01T00:30:00"),
    ("905", "505", NOBODY, "Closed Won", "30000", "CNY", "2026-03-20", "2025-12-20T10:00:00"),
    ("906", "506", CHEN, "Closed Won", "1500", "CNY", "2026-03-25", "2026-03-20T10:00:00"),
    ("907", "501", WANG, "Closed Lost", "5000", "CNY", "2026-03-03", "2026-02-01T10:00:00"),
    ("908", "502", SMITH, "Closed Lost to Competition", "6000", "CNY", "2026-03-10", "2026-02-02T10:00:00"),
    ("909", "503", CHEN, "Closed Lost", None, "CNY", "2026-03-28", "2026-02-03T10:00:00"),
    ("910", "504", WANG, "Negotiation/Review", "50000", "CNY", "2026-04-15", "2026-03-05T10:00:00"),
    ("911", "505", CHEN, "客户试用", "7000", "CNY", "2026-04-30", "2026-03-06T10:00:00"),
    ("912", "506", WANG, "Closed Won", "60000", "CNY", "2026-02-27", "2026-01-10T10:00:00"),
    ("913", "501", SMITH, "Closed Won", "77777", "CNY", "2026-03-12", "2026-02-20T10:00:00"),
]
WON_AT_FIRST = 120000.50 + 8000.25 + 45000 + 999.99 + 30000 + 1500 + 77777  # March 2026
WON_THEN = 120000.50 + 8000.25 + 45000 + 999.99 + 30000 + 1500 + 52000  # without 913, with 910

# deal, stage, entered, moved to (None: it is there still)
HISTORY: list[tuple[str, str, str, str | None]] = [
    ("901", "Qualification", "2026-02-10T10:00:00", "Proposal/Price Quote"),
    ("901", "Proposal/Price Quote", "2026-02-15T10:00:00", "Needs Analysis"),
    ("901", "Needs Analysis", "2026-02-20T10:00:00", "Closed Won"),
    ("901", "Closed Won", "2026-03-02T18:00:00", None),
    ("907", "Qualification", "2026-02-01T10:00:00", "Closed Lost"),
    ("907", "Closed Lost", "2026-03-03T11:00:00", None),
    ("913", "Qualification", "2026-02-20T10:00:00", "Closed Won"),
    ("913", "Closed Won", "2026-03-12T10:00:00", None),
    ("910", "Qualification", "2026-03-05T10:00:00", "Negotiation/Review"),
    ("910", "Negotiation/Review", "2026-03-12T10:00:00", None),
]


def fill(server: ZohoServer) -> ZohoServer:
    """The organisation before it is read for the first time."""
    server.users = [_user(i, "active") for i in (WANG, SMITH, CHEN)] + [_user(LEFT, "inactive")]
    server.roles = [
        {"id": "801", "name": "CEO", "display_label": "CEO", "reporting_to": None},
        {"id": "802", "name": "华东销售", "display_label": "华东销售", "reporting_to": _look_up("801", "CEO")},
    ]
    accounts = [
        _account(str(501 + i), name)
        for i, name in enumerate(("蓝海仪器", "Acme GmbH", "华鑫", "Umbra", "立新", "Orbit"))
    ]
    rows = {
        "Accounts": accounts,
        "Contacts": [_contact(number) for number in range(CONTACTS)],
        "Leads": [_lead(number) for number in range(LEADS)],
        "Deals": [_deal(*said) for said in DEALS],
        "Calls": [_call("601", "901"), _call("602", None)],
        "Events": [_event("611", "501")],
        "Tasks": [_task("621", "Completed", "2026-03-06T17:00:00+08:00"), _task("622", "Not Started", None)],
    }
    server.modules = {module: {row["id"]: row for row in several} for module, several in rows.items()}
    for number, (deal, stage, at, moved) in enumerate(HISTORY):
        server.history.setdefault(deal, []).append(_stay(str(9000 + number), stage, at, moved))
    return server


def change(server: ZohoServer) -> None:
    """What happens after the first read: a deal deleted, one won, a new one lost, an account renamed."""
    server.delete("Deals", "913", "2026-03-30T10:00:00+08:00")
    won = _deal("910", "504", WANG, "Closed Won", "52000", "CNY", "2026-03-30", "2026-03-05T10:00:00")
    lost = _deal("914", "505", CHEN, "Closed Lost", "1000", "CNY", "2026-03-30", "2026-03-29T10:00:00")
    for row in (won, lost):
        server.modules["Deals"][row["id"]] = row | {"Modified_Time": f"2026-03-30T18:00:00{ZONE}"}
    server.history["910"][-1] |= {"Moved_To__s": "Closed Won", "Stage_Duration_Calendar_Days": 18}
    server.history["910"].append(_stay("9100", "Closed Won", "2026-03-30T18:00:00", None))
    server.history["914"] = [_stay("9101", "Closed Lost", "2026-03-30T18:00:00", None)]
    server.modules["Accounts"]["502"] |= {"Account_Name": "Acme 德国", "Modified_Time": f"2026-03-30T18:00:00{ZONE}"}


def _look_up(record_id: str, name: str) -> dict[str, str]:
    return {"name": name, "id": record_id}


def _owner(user: str) -> dict[str, str]:
    return _look_up(user, NAMES[user]) | {"email": f"u{user}@example.com"}


def _changed(at: str) -> dict[str, str]:
    return {"Created_Time": at, "Modified_Time": at}


def _user(user: str, status: str) -> dict[str, Any]:
    manager = _look_up(CHEN, NAMES[CHEN]) if user != CHEN else None
    return {
        "id": user, "full_name": NAMES[user], "email": f"u{user}@example.com", "status": status, "Reporting_To": manager,
        "role": _look_up("802", "华东销售"), "profile": _look_up("811", "Standard"), "created_time": f"2025-01-02T09:00:00{ZONE}",
        "Modified_Time": f"2026-01-02T09:00:00{ZONE}", "time_zone": "Asia/Shanghai",
    }  # fmt: skip


def _account(account: str, name: str) -> dict[str, Any]:
    said = {"Industry": "制造", "Rating": "Active", "Account_Type": "Customer", "Employees": 120, "Billing_State": None}
    return {
        "id": account,
        "Account_Name": name,
        "Owner": _owner(WANG),
        **said,
        **_changed(f"2025-06-01T09:00:00{ZONE}"),
    }


def _contact(number: int) -> dict[str, Any]:
    name = f"李明{chr(0x4E00 + number)}" if number % 2 else f"Maria {chr(65 + number % 26)}. Lopez"
    account = None if number % 50 == 0 else _look_up(str(501 + number % 6), "x")
    at = f"2026-01-{1 + number % 28:02d}T{number % 24:02d}:30:00{ZONE}"
    return {
        "id": str(100000 + number), "Full_Name": name, "Account_Name": account, "Email": f"contact{number}@example.com",
        "Phone": None, "Mobile": f"138{number:08d}", "Owner": _owner(SMITH), **_changed(at),
    }  # fmt: skip


def _lead(number: int) -> dict[str, Any]:
    converted = number < 5
    status = ("Junk Lead", "Contacted", "Not Contacted")[number % 3]
    return {
        "id": str(200000 + number), "Lead_Source": ("官网", "Trade Show")[number % 2], "Lead_Status": status,
        "Owner": _owner((WANG, NOBODY)[number % 2]), "Converted__s": converted,
        "Converted_Date_Time": f"2026-03-{1 + number:02d}T23:30:00{ZONE}" if converted else None,
        "Converted_Account": _look_up("501", "蓝海仪器") if converted else None,
        "Converted_Deal": _look_up("901", "Deal 901") if converted and number == 0 else None,
        **_changed(f"2026-02-{1 + number % 28:02d}T09:00:00{ZONE}"),
    }  # fmt: skip


def _deal(
    deal: str, account: str, owner: str, stage: str, amount: str | None, currency: str, closing: str, created: str
) -> dict[str, Any]:
    return {
        "id": deal, "Deal_Name": f"Deal {deal}", "Account_Name": _look_up(account, "x"), "Owner": _owner(owner),
        "Stage": stage, "Amount": None if amount is None else float(amount), "Currency": currency, "Closing_Date": closing,
        "Lead_Source": "官网", "Reason_For_Loss__s": "价格" if "Lost" in stage else None,
        "Created_Time": f"{created}{ZONE}", "Modified_Time": f"2026-03-28T18:00:00{ZONE}",
    }  # fmt: skip


def _stay(stay: str, stage: str, at: str, moved: str | None) -> dict[str, Any]:
    return {
        "id": stay, "Stage": stage, "Modified_Time": f"{at}{ZONE}", "Moved_To__s": moved, "Amount": 1000.5,
        "Stage_Duration_Calendar_Days": None if moved is None else 5, "Modified_By": _owner(WANG),
    }  # fmt: skip


def _about(module: str | None, record_id: str | None) -> dict[str, Any]:
    return {"$se_module": module, "What_Id": _look_up(record_id, "x") if record_id else None, "Who_Id": None}


def _call(call: str, deal: str | None) -> dict[str, Any]:
    about = _about("Deals" if deal else None, deal)
    said = {
        "Call_Type": "Outbound",
        "Call_Start_Time": f"2026-03-04T09:15:00{ZONE}",
        "Outgoing_Call_Status": "Completed",
    }
    said |= {"Call_Duration": "12:30", "Call_Result": "Interested", "Description": "谈了价格"}
    return {"id": call, "Owner": _owner(WANG), **about, **said, **_changed(f"2026-03-04T09:30:00{ZONE}")}


def _event(event: str, account: str) -> dict[str, Any]:
    times = {"Start_DateTime": f"2026-03-05T14:00:00{ZONE}", "End_DateTime": f"2026-03-05T15:00:00{ZONE}"}
    said = {"Check_In_Time": f"2026-03-05T13:58:00{ZONE}", "Description": None}
    return {"id": event, "Owner": _owner(SMITH), **_about("Accounts", account), **times, **said} | _changed(
        f"2026-03-05T15:30:00{ZONE}"
    )


def _task(task: str, status: str, closed: str | None) -> dict[str, Any]:
    said = {"Status": status, "Due_Date": "2026-03-06", "Closed_Time": closed, "Description": "call back"}
    return {"id": task, "Owner": _owner(CHEN), **_about("Deals", "910"), **said} | _changed(
        f"2026-03-06T17:00:00{ZONE}"
    )
