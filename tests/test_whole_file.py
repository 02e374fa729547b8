"""A file is the old one or the new one, never a part of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import whole_file


def test_a_file_is_written_into_a_folder_that_was_not_there_and_nothing_stays_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "goals" / "2026" / "signed.yml"
    whole_file.write(path, b"one")
    whole_file.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert list(path.parent.iterdir()) == [path]


def test_what_is_cut_off_before_the_rename_left_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "signed.yml"
    whole_file.write(path, b"one")

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        whole_file.write(path, b"two")
    assert path.read_bytes() == b"one"
    assert whole_file.aside(path).suffix != path.suffix  # what is left there is no goal
