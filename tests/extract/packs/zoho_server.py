"""A server that answers as Zoho CRM v8 documents: tokens, records by page and by page token, related lists, errors.

Belongs here: the form of what is asked and answered. Does not: the rows (zoho_rows.py).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.extract.packs.loopback import Answer, Asked, LoopbackServer, Window

CLIENT = {"client_id": "1000.TESTCLIENT", "client_secret": "test-client-secret", "refresh_token": "1000.test-refresh"}
FIRST = 2000  # records that may be read by page number; beyond, only by page token
MOST_FIELDS = 50
SORTABLE = ("id", "Created_Time", "Modified_Time")


class ZohoServer(LoopbackServer):
    """One organisation: its modules, the stage history of its deals, its users and roles."""

    def __init__(self) -> None:
        super().__init__()
        self.modules: dict[str, dict[str, dict[str, Any]]] = {}
        self.deleted: dict[str, list[dict[str, Any]]] = {}
        self.history: dict[str, list[dict[str, Any]]] = {}
        self.users: list[dict[str, Any]] = []
        self.roles: list[dict[str, Any]] = []
        self.window = Window()
        self.token_lasts: int | None = None  # requests after which an access token is not taken any more
        self.tokens: dict[str, int] = {}  # requests made with each access token given out
        self._places: dict[str, tuple[dict[str, str], str, str]] = {}  # page token: parameters, path, last id

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/v2/token":
            return self._token(asked)
        if self.window.wait(asked.at):
            return _error(429, "TOO_MANY_REQUESTS", "too many requests within a certain period")
        if not self._is_known(asked.headers.get("authorization", "")):
            return _error(401, "INVALID_TOKEN", "invalid oauth token")
        match asked.path.removeprefix("/crm/v8/").split("/"):
            case ["users"]:
                return _by_number(asked, "users", self.users)
            case ["settings", "roles"]:
                return Answer(200, {"roles": self.roles})
            case [module, "deleted"] if module in self.modules:
                return _by_number(asked, "data", self.deleted.get(module, []))
            case ["Deals", deal, "Stage_History"]:
                if deal not in self.modules["Deals"]:
                    return _error(400, "INVALID_DATA", "the related id given seems to be invalid")
                return self._records(asked, self.history.get(deal, []))
            case [module] if module in self.modules:
                rows = list(self.modules[module].values())
                if module == "Leads" and asked.params.get("converted", "false") != "both":
                    wanted = asked.params.get("converted", "false") == "true"
                    rows = [row for row in rows if row["Converted__s"] is wanted]
                return self._records(asked, rows)
        return _error(404, "INVALID_URL_PATTERN", "please check if the URL trying to access is a correct one")

    def delete(self, module: str, record_id: str, at: str) -> None:
        """Moves a record to the recycle bin, where only its id and name are left to be read."""
        gone = self.modules[module].pop(record_id)
        name = next((str(value) for key, value in gone.items() if key.endswith("_Name")), "")
        said = {"id": record_id, "display_name": name, "type": "recycle", "deleted_time": at}
        self.deleted.setdefault(module, []).append(said | {"deleted_by": gone["Owner"], "created_by": gone["Owner"]})

    def _token(self, asked: Asked) -> Answer:
        said = asked.form or asked.params
        if asked.method != "POST" or said.get("grant_type") != "refresh_token":
            return Answer(200, {"error": "invalid_request"})
        if (said.get("client_id"), said.get("client_secret")) != (CLIENT["client_id"], CLIENT["client_secret"]):
            return Answer(200, {"error": "invalid_client"})
        if said.get("refresh_token") != CLIENT["refresh_token"]:
            return Answer(200, {"error": "invalid_code"})
        if len(self.tokens) >= 10:
            words = "You have made too many requests continuously. Please try again after some time."
            return Answer(400, {"error_description": words, "error": "Access Denied", "status": "failure"})
        token = f"1000.test-access-{len(self.tokens) + 1}"
        self.tokens[token] = 0
        said_of_it = {"scope": "ZohoCRM.modules.READ", "api_domain": self.address, "token_type": "Bearer"}
        return Answer(200, {"access_token": token, **said_of_it, "expires_in": 3600})

    def _is_known(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        if scheme != "Zoho-oauthtoken" or token not in self.tokens:
            return False
        self.tokens[token] += 1
        return self.token_lasts is None or self.tokens[token] <= self.token_lasts

    def _records(self, asked: Asked, rows: list[dict[str, Any]]) -> Answer:
        """One page of records: the fields asked for, those modified since, sorted; or what is wrong with the question."""
        if wrong := _wrong(asked.params):
            return wrong
        after, params = "", {k: v for k, v in asked.params.items() if k not in ("page", "page_token")}
        if token := asked.params.get("page_token"):
            if token not in self._places:
                return _error(400, "EXPIRED_VALUE", "the given page_token has expired")
            said, path, after = self._places[token]
            if (said, path) != (params, asked.path):
                return _error(400, "TOKEN_BOUND_DATA_MISMATCH", "the parameters must not change with a page_token")
        rows = _sorted(_since(rows, asked.headers.get("if-modified-since")), params)
        if not rows:
            return Answer(304 if "if-modified-since" in asked.headers else 204)
        size, page = int(params.get("per_page", "200")), int(asked.params.get("page", "1"))
        begin = next((i + 1 for i, row in enumerate(rows) if row["id"] == after), 0) if after else (page - 1) * size
        found = rows[begin : begin + size]
        info = {
            "per_page": size,
            "count": len(found),
            "page": begin // size + 1,
            "sort_by": params.get("sort_by", "id"),
        }
        info |= {"sort_order": params.get("sort_order", "desc"), "more_records": begin + size < len(rows)}
        info |= {"next_page_token": None, "previous_page_token": None, "page_token_expiry": None}
        if info["more_records"]:
            # Opaque and different each time, as the vendor's are: nobody can count on what stands in it.
            token = f"{len(self._places):04x}{abs(hash((asked.path, found[-1]['id']))):016x}"
            self._places[token] = (params, asked.path, found[-1]["id"])
            info |= {"next_page_token": token, "page_token_expiry": "2026-04-02T09:00:00+08:00"}
        wanted = ["id", *params["fields"].split(",")]
        data = [{name: value for name, value in row.items() if name in wanted} for row in found]
        return Answer(200, {"data": data, "info": info}) if data else Answer(204)


def _wrong(params: dict[str, str]) -> Answer | None:
    fields = [name for name in params.get("fields", "").split(",") if name]
    size, page = params.get("per_page", "200"), params.get("page", "1")
    if not fields:
        return _error(
            400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", {"param_name": "fields"}
        )
    if len(fields) > MOST_FIELDS:
        return _error(400, "LIMIT_EXCEEDED", "fields limit exceeded", {"limit": MOST_FIELDS, "param_name": "fields"})
    if not size.isdigit() or not 1 <= int(size) <= 200:
        return _error(400, "INVALID_DATA", "invalid data", {"param_name": "per_page"})
    if params.get("sort_by", "id") not in SORTABLE:
        return _error(400, "INVALID_DATA", "invalid data", {"param_name": "sort_by"})
    if "page" in params and "page_token" in params:
        return _error(400, "AMBIGUITY_DURING_PROCESSING", "page and page_token cannot be given together")
    if not page.isdigit() or int(page) * int(size) > FIRST:
        words = "only the first 2000 records can be read without page_token"
        return _error(400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", words, {"limit": FIRST})
    return None


def _since(rows: list[dict[str, Any]], header: str | None) -> list[dict[str, Any]]:
    if header is None:
        return rows
    since = instant(header)
    return [row for row in rows if instant(row["Modified_Time"]) >= since]


def _sorted(rows: list[dict[str, Any]], params: dict[str, str]) -> list[dict[str, Any]]:
    by = params.get("sort_by", "id")

    def key(row: dict[str, Any]) -> tuple[Any, int]:
        return (int(row["id"]) if by == "id" else instant(row[by]), int(row["id"]))

    return sorted(rows, key=key, reverse=params.get("sort_order", "desc") == "desc")


def _by_number(asked: Asked, name: str, rows: list[dict[str, Any]]) -> Answer:
    """Users and deleted records: pages by number alone."""
    if not rows:
        return Answer(204)
    size, page = int(asked.params.get("per_page", "200")), int(asked.params.get("page", "1"))
    found = rows[(page - 1) * size : page * size]
    info = {"per_page": size, "count": len(found), "page": page, "more_records": page * size < len(rows)}
    return Answer(200, {name: found, "info": info}) if found else Answer(204)


def instant(text: str) -> dt.datetime:
    """A time as the API writes it; its offset is never left out."""
    moment = dt.datetime.fromisoformat(text)
    assert moment.tzinfo is not None, f"a time without offset was sent: {text}"
    return moment


def _error(status: int, code: str, message: str, details: dict[str, Any] | None = None) -> Answer:
    return Answer(status, {"code": code, "details": details or {}, "message": message, "status": "error"})
