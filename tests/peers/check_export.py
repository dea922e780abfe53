"""Compares an export's Parquet tables with its JSON lines, read by pyarrow.

usage: check_export.py FOLDER   (after: medvlm export RESULTS --out FOLDER --format jsonl,parquet)
"""
import json
import pathlib
import sys

import pyarrow.parquet


def main():
    folder = pathlib.Path(sys.argv[1])
    for name in ('predictions', 'results'):
        table = pyarrow.parquet.read_table(folder / f'{name}.parquet')
        lines = [json.loads(line) for line in (folder / f'{name}.jsonl').read_text().splitlines()]
        rows = table.to_pylist()
        assert len(rows) == len(lines), (name, len(rows), len(lines))
        for row, line in zip(rows, lines):
            assert list(row) == list(line), (name, list(row), list(line))
            for key, value in row.items():
                if key in ('labels', 'scores', 'groups', 'values') and value is not None:
                    value = json.loads(value)
                assert value == line[key] and type(value) is type(line[key]), (name, key, value, line[key])
        print(f'{name}: {len(rows)} rows, {table.num_columns} columns are equal')


if __name__ == '__main__':
    main()
