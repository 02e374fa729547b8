"""Where records lie when the source is a REST API: address, log-in, pages, and where in an answer they stand."""

from __future__ import annotations

from pydantic import Field

from pipelines.shape import Strict


class RestConnection(Strict):
    """The API's address."""

    base_url: str


class FromRest(Strict):
    """One resource of the API."""

    path: str
    records: str | None = Field(None, description="where the records stand in an answer; default: it is the list")
