"""The scorecard page.

Belongs here: what it shows and how it is put together. Does not: its looks (publish/templates/).
"""

from pipelines.publish.page.cards import status
from pipelines.publish.page.write import write_page

__all__ = ["status", "write_page"]
