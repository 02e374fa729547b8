"""A hand-written file is read safely, and an error says on which line."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict

from pipelines import yaml_file
from pipelines.errors import KpiError


class Person(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str
    age: int = 0


def read(tmp_path, content: str | bytes):
    path = tmp_path / "file.yml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return yaml_file.read(path)


def test_read_remembers_the_line_of_every_value(tmp_path):
    file = read(tmp_path, "a: 1\nb:\n  - x\n  - {c: 2}\n")
    assert file.data == {"a": 1, "b": ["x", {"c": 2}]}
    assert [file.line(place) for place in (("a",), ("b", 1), ("b", 1, "c"))] == [1, 4, 4]


def test_line_of_what_is_missing_is_that_of_what_is_around_it(tmp_path):
    assert (
        read(tmp_path, "a: 1\nb:\n  c: 2\n").line(("b", "d")) == read(tmp_path, "a: 1\nb:\n  c: 2\n").line(("b",)) == 2
    )


@pytest.mark.parametrize(
    ("content", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key a stands here twice"),
        ("a: &x [1]\nb: *x\n", 1, "anchors and aliases are not allowed"),
        ("a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "tag"),
        ("a: 1\nb: [1, 2\n", 3, "not valid YAML"),
        ("a: 1\nb: " + "[" * 50 + "]" * 50, 2, "nested deeper than 20"),
        ("a: 1\n? [1, 2]\n: 3\n", 2, "key must be a plain word"),
    ],
)
def test_read_refuses_with_the_line(tmp_path, content, line, said):
    with pytest.raises(KpiError) as error:
        read(tmp_path, content)
    assert f"file.yml:{line}: " in str(error.value)
    assert said in str(error.value)


def test_read_refuses_other_encodings_and_huge_files(tmp_path):
    with pytest.raises(KpiError, match="not UTF-8"):
        read(tmp_path, "a: 客户".encode("gb18030"))
    with pytest.raises(KpiError, match="larger than"):
        read(tmp_path, b"a: " + b"x" * yaml_file.MAX_BYTES)
    with pytest.raises(KpiError, match="no such file"):
        yaml_file.read(tmp_path / "none.yml")


def test_read_as_tells_all_wrong_fields_with_lines_and_the_nearest_name(tmp_path):
    path = tmp_path / "file.yml"
    path.write_text("nme: Ann\nage: old\n")
    with pytest.raises(KpiError) as error:
        yaml_file.read_as(path, Person)
    said = str(error.value).splitlines()
    assert any("file.yml:1: unknown field nme (did you mean name?)" in line for line in said)
    assert any("field name is missing" in line for line in said)
    assert any("file.yml:2: age: " in line for line in said)


def test_read_as_gives_the_model(tmp_path):
    path = tmp_path / "file.yml"
    path.write_text("name: Ann\n")
    person, _ = yaml_file.read_as(path, Person, {"age": 3})
    assert person == Person(name="Ann", age=3)


def test_read_as_refuses_a_file_that_is_a_list(tmp_path):
    path = tmp_path / "file.yml"
    path.write_text("- a\n")
    with pytest.raises(KpiError, match="must hold fields"):
        yaml_file.read_as(path, Person)
