"""Charts as SVG, drawn when the page is written: columns, lines with a target and a band, bars in tables.

Belongs here: geometry and its markup. Does not: colours and sizes of type (templates/boards.css), which numbers, words.
Widths are percents and heights are pixels, without a viewBox, so that type and strokes keep their size on a phone and
on paper; only paths, which know no percents, lie in a stretched picture inside. No style attribute: the page's policy
refuses them.
"""

from pipelines.publish.charts.columns import Column, Mark, columns
from pipelines.publish.charts.lines import Label, Line, lines
from pipelines.publish.charts.strips import bar, split

__all__ = ["Column", "Label", "Line", "Mark", "bar", "columns", "lines", "split"]
