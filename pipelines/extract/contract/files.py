"""Where records lie when the source is files: a folder or an object store, and the form of a file."""

from __future__ import annotations

from pipelines.shape import Strict


class FilesConnection(Strict):
    """A local folder; a relative one lies in the configuration."""

    path: str
