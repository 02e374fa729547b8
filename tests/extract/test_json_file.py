"""JSON and JSON lines: digit for digit, in the memory of a batch, keys settled as a header is."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pipelines.errors import KpiError
from pipelines.extract.files import json_file
from pipelines.settings import REPOSITORY
from tests.extract.test_files import refused


def test_jsonl_keeps_every_digit(source):
    source.say(from_={"glob": "*.jsonl"})
    source.write(
        "d.jsonl", '{"id": 12345678901234567890, "amount": 12345678901234567.89}\n\n{"id": "b", "changed": null}'
    )
    assert source.read("d.jsonl") == [("12345678901234567890", "12345678901234567.89", None), ("b", None, None)]
    assert source.count("d.jsonl") == 2


def test_json_array_and_nested_values(source):
    source.say(from_={"glob": "*.json"})
    source.write("d.json", '[{"id": true, "amount": {"客": [1.50, "1", null]}},\n {"id": "b"}]')
    assert source.read("d.json") == [("true", '{"客": [1.50, "1", null]}', None), ("b", None, None)]
    assert source.count("d.json") == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"id": 1', "d.jsonl:2: not valid JSON"),
        ('{"id": NaN}', "d.jsonl:2: not valid JSON"),
        ("[1]", "d.jsonl:2: the line is not an object"),
    ],
)
def test_jsonl_that_is_wrong_is_refused_with_line(source, line, said):
    source.say(from_={"glob": "*.jsonl"})
    source.write("d.jsonl", '{"id": "a"}\n' + line + "\n")
    assert said in refused(source, "d.jsonl")


def test_jsonl_without_its_key_column_is_refused(source):
    source.say(from_={"glob": "*.jsonl"})
    source.write("d.jsonl", '{"amount": 1}\n')
    assert "wrong keys: missing id" in refused(source, "d.jsonl")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_keys_that_came_otherwise_are_settled_as_a_header_is(source, form):
    source.columns(id="text", amount={"name": "amount", "also": ["sum"]}, note="text")
    source.say(from_={"glob": f"*.{form}"}, cursor=None)
    records = ['{"ID": 1, "sum": 2.50}', '{"ID": 2, "new": 1}']
    source.write(f"d.{form}", "\n".join(records) if form == "jsonl" else f"[{', '.join(records)}]")
    found = {(one.finding.kind, one.finding.column, one.finding.outcome) for one in source.load().found}
    assert found == {
        ("recased", "id", "take"),
        ("renamed", "amount", "take"),
        ("added", "new", "warn"),
        ("dropped", "note", "take"),
    }
    assert source.rows("select id, amount, note from raw_crm.deals order by id") == [
        ("1", "2.50", None),
        ("2", None, None),
    ]


@pytest.mark.parametrize(
    ("drift", "record", "said"),
    [
        ({"added": "refuse"}, '{"id": 1, "amuont": 2}', "unexpected 'amuont' (did you mean amount?)"),
        ({"dropped": "refuse"}, '{"id": 1, "amount": 2}', "missing changed"),
        ({}, '{"id": 1, "Id": 2}', "it has both 'id' and 'Id'"),
        ({}, '{"x": 1}', "wrong keys: none of id, amount, changed is in it"),
    ],
)
def test_keys_are_refused_where_the_contract_says_so(source, drift, record, said):
    source.say(from_={"glob": "*.jsonl"}, drift=drift)
    source.write("d.jsonl", record)
    assert said in refused(source, "d.jsonl")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[{"id": 1},\n {"id": 2},\n]', 3),
        ('[{"id": 1}\n {"id": 2}]', 2),
        ('[{"id": 1}', 1),
        ('[{"id": 1}]\n[]', 2),
        ('[\n{"id": 1, "amount": "x}\n]', 2),
        ("[" * 100_000, 1),
        ("nul", 1),
    ],
)
def test_json_that_is_wrong_is_refused_with_line(source, text, line):
    source.say(from_={"glob": "*.json"})
    source.write("d.json", text)
    assert f"d.json:{line}: not valid JSON" in refused(source, "d.json")
    with pytest.raises(KpiError, match="not valid JSON"):
        source.count("d.json")


@pytest.mark.parametrize("text", ["", " \n", "[]", " [ ] "])
def test_json_without_records_is_empty(source, text):
    source.say(from_={"glob": "*.json"})
    source.write("d.json", text)
    assert (source.read("d.json"), source.count("d.json")) == ([], 0)


def test_json_objects_are_found_wherever_the_text_is_cut(source, monkeypatch):
    source.say(from_={"glob": "*.json"}, cursor=None)
    source.columns(id="integer", amount="text")
    records = [{"id": n, "amount": f']}},{{[ \\ " 客{n}'} for n in range(50)]
    expected = [(str(record["id"]), record["amount"]) for record in records]
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(json_file, "CHUNK", size)
        source.write("d.json", json.dumps(records, ensure_ascii=False, indent=size % 3 or None), encoding="utf-8-sig")
        assert source.read("d.json") == expected
        assert source.count("d.json") == 50


def test_a_json_array_is_read_and_counted_in_the_memory_of_a_batch(source, tmp_path):
    """100 MB of records; the whole list would take a gigabyte as Python objects."""
    source.say(from_={"glob": "*.json"}, cursor=None)
    source.columns(id="integer", amount="text")
    with (source.folder / "d.json").open("w", encoding="utf-8") as file:
        file.write("[")
        for n in range(100_000):
            file.write(("," if n else "") + json.dumps({"id": n, "amount": "x" * 1_000}))
        file.write("]")
    program = f"""
import resource
from pathlib import Path
from pipelines.extract import files
from pipelines.extract.contract import SourceContract
table = SourceContract.model_validate({source.contract.model_dump(by_alias=True, mode="json")!r}).tables["deals"]
file = files.SourceFile(Path({str(source.folder / "d.json")!r}), "d.json")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = sum(batch.num_rows for batch in files.read(file, table, Path({str(tmp_path)!r})).reader)
assert rows == files.count_records(file, table) == 100_000
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert int(done.stdout) < 200_000, f"{int(done.stdout):,} KB more"


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_half_a_character_is_refused_with_its_record(source, ending):
    """As a program writes it that cuts texts in the middle of an emoji; it is in no encoding, so nothing can hold it."""
    source.columns(id="text", note="text").say(cursor=None, from_={"glob": f"*.{ending}"})
    records = ['{"id": "1", "note": "x"}', '{"id": "2", "note": "person \\ud83d"}']
    source.write(f"d.{ending}", "\n".join(records) if ending == "jsonl" else f"[{', '.join(records)}]")
    with pytest.raises(KpiError, match="record 2 holds half a character") as said:
        source.load()
    assert "person" not in str(said.value)
