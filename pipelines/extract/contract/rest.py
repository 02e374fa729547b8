"""Where records lie when the source is a REST API: address, log-in, pages, and where in an answer they stand.

Belongs here: what a contract may say of it. Does not: asking (extract/rest/).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from pipelines.shape import Strict

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
Duration = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)? (second|minute|hour|day)s?$")]
Path = Annotated[str, StringConstraints(min_length=1)]  # dotted, into an answer or a record: info.next_page_token


def seconds(duration: str) -> float:
    """60 seconds, 1 minute, 0.5 hours as a number of seconds."""
    amount, unit = duration.split(" ")
    return float(amount) * SECONDS[unit.removesuffix("s")]


class Basic(Strict):
    """User and password with every request."""

    user: str
    password: str


class ApiKey(Strict):
    """A key with every request, as a header or as a parameter."""

    header: str | None = None
    param: str | None = None
    value: str

    @model_validator(mode="after")
    def _one_place(self) -> ApiKey:
        _just_one(self, "header", "param")
        return self


def _holds_the_token(text: str) -> str:
    if "{token}" not in text:
        raise ValueError("it must hold {token}")
    return text


class OAuth2(Strict):
    """A short-lived token, got with a refresh token: anew before it expires, and once where it is refused."""

    token_url: str
    client_id: str
    client_secret: str
    refresh_token: str
    send_as: Annotated[str, AfterValidator(_holds_the_token)] = Field(
        "Bearer {token}", description="what the header Authorization says"
    )


class Auth(Strict):
    """How to log in: just one of the four. Secrets only by name: ${CRM_TOKEN}."""

    bearer: str | None = None
    basic: Basic | None = None
    key: ApiKey | None = None
    oauth2: OAuth2 | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Auth:
        _just_one(self, "bearer", "basic", "key", "oauth2")
        return self


class Rate(Strict):
    """No more requests than that in any stretch of time so long."""

    requests: int = Field(ge=1)
    per: Duration = "1 minute"


class RestConnection(Strict):
    """The API's address, and how it wants to be asked."""

    base_url: str
    auth: Auth | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    rate: Rate | None = None
    timeout: Duration = Field("60 seconds", description="of one answer, whole")
    attempts: int = Field(
        6, ge=1, le=20, description="of one request that fails by chance: 429, 5xx, time-out, reset, cut-off answer"
    )


class ByPage(Strict):
    """Pages by number; the first empty one is behind the last, where neither `more` nor `end` says so before."""

    param: str
    first: int = 1
    size_param: str | None = None
    size: int | None = Field(None, ge=1)


class ByOffset(Strict):
    """Pages by how many records came before."""

    param: str
    size_param: str | None = None
    size: int | None = Field(None, ge=1)


class ByCursor(Strict):
    """Each answer names the next page; none named: it was the last."""

    param: str
    at: Path = Field(description="where in an answer the next cursor stands")


class Paging(Strict):
    """How an API gives its records bit by bit: just one of the five."""

    page: ByPage | None = None
    offset: ByOffset | None = None
    cursor: ByCursor | None = None
    next: Path | None = Field(None, description="where in an answer the next page's address stands")
    link: Literal[True] | None = Field(None, description='the header Link: <…>; rel="next" has it')

    @model_validator(mode="after")
    def _one_kind(self) -> Paging:
        _just_one(self, "page", "offset", "cursor", "next", "link")
        return self


class Since(Strict):
    """How to ask for what changed: the highest cursor less the overlap, as a header or as a parameter."""

    header: str | None = None
    param: str | None = None
    format: str = Field(
        "iso",
        min_length=1,
        description="iso (with offset) | unix | unix_ms | http | date | a strptime form:"
        " local time of time_zone, and UTC where the form ends in Z, GMT or UTC",
    )
    first: str | int | None = Field(None, description="what to ask for while nothing is loaded; default: leave it out")

    @model_validator(mode="after")
    def _one_place(self) -> Since:
        _just_one(self, "header", "param")
        return self


class Each(Strict):
    """One request per record of another table of this system; {<field>} in the path, column ^<field>."""

    table: str
    field: Path = "id"


class FromRest(Strict):
    """One resource of the API."""

    path: str = Field(pattern="^/([^/]|$)", description="below connection.base_url")
    params: dict[str, str | int | bool] = Field(default_factory=dict)
    records: Path | None = Field(None, description="where the records stand in an answer; default: it is the list")
    total: Path | None = Field(None, description="where an answer says how many records there are")
    total_scope: Literal["page", "all"] = Field("all", description="of what `total` is the number")
    since: Since | None = None
    paging: Paging | None = Field(None, description="default: there is one page")
    more: Path | None = Field(None, description="where an answer says true while more pages follow")
    end: Path | None = Field(None, description="where an answer says true on the last page")
    items: Path | None = Field(
        None, description="a list inside each record: its items are the records, ^name is a column of the outer one"
    )
    each: Each | None = None

    @model_validator(mode="after")
    def _parts_agree(self) -> FromRest:
        if self.more and self.end:
            raise ValueError("give either more or end")
        if (self.more or self.end) and self.paging is None:
            raise ValueError(f"{'more' if self.more else 'end'} is of no use without paging")
        if self.each and not any(self.placeholder in str(text) for text in (self.path, *self.params.values())):
            raise ValueError(f"each: neither path nor params hold {self.placeholder}")
        return self

    @property
    def placeholder(self) -> str:
        """Where the other table's value goes in path and params."""
        return "{" + (self.each.field if self.each else "") + "}"


def _just_one(model: Strict, *names: str) -> None:
    said = [name for name in names if getattr(model, name) is not None]
    if len(said) != 1:
        both = f", not {' and '.join(said)}" if said else ""
        raise ValueError(f"give just one of {', '.join(names)}{both}")
