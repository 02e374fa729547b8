"""The company that the gate's tests break and mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gate.gate_company import Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)
