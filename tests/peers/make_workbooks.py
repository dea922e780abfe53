#!/usr/bin/env python3
"""Writes small Excel workbooks with openpyxl, and what openpyxl reads back from them as expected.json.

    python make_workbooks.py --out ../goldens/table/xlsx

clinical.xlsx has the header of PAPILA's clinical tables: titles over merged cells above the names, "ID" below them all."""

import argparse
import datetime
import json
from pathlib import Path

import openpyxl


def clinical():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "OD"
    sheet.append([None, "Age", "Gender", "Diagnosis", "Refractive_Defect", None, None, "Phakic/Pseudophakic", "IOP", None,
                  "Pachymetry", "Axial_Length", "VF_MD"])
    sheet.append([None, None, None, None, "dioptre_1", "dioptre_2", "astigmatism", None, "Pneumatic", "Perkins"])
    sheet.append(["ID"])
    for cells in ("E1:G1", "I1:J1", "B1:B2", "C1:C2", "D1:D2"):
        sheet.merge_cells(cells)
    sheet.append(["#002", 47, 0, 2, 0.75, -1.75, 90, 0, 21, None, 586, 23.64, -0.07])
    sheet.append(["#004", 58, 1, 1, 1.5, -1.75, 85, 0, None, 18.5, 501, 23.06, -3.26])
    sheet.append([None] * 13)
    sheet.append(["#005", 89, 1, 1, -0.75, -1.25, 101, 1, 13, None, 565, 23.84, None])
    return book


def kinds():
    book = openpyxl.Workbook()
    book.active.title = "empty"
    sheet = book.create_sheet("cells & kinds")
    sheet.append(["text", "number", "flag", "empty", "Größe"])
    sheet.append(["plain", 1, True, None, "naïve\nline"])
    sheet.append([" spaces ", 0.1 + 0.2, False, None, "日本"])
    sheet.append(["<&>\"'", -1e-7, True, None, "🩻"])
    sheet.append(["12", 12345678901234, False, None, "x"])
    sheet.append(["date", datetime.datetime(2020, 1, 2), True, None, "x"])
    sheet["B9"] = "=SUM(1,2)"  # without a stored result: empty
    sheet["A9"] = "formula"
    return book


def columns():
    """More columns than letters, and columns without a name between and behind the named ones."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"], sheet["C1"], sheet["AB1"] = "a", "c", "ab"
    sheet["A3"], sheet["B3"], sheet["C3"], sheet["AB3"], sheet["AC3"] = 1, 2, 3, 28, 29
    sheet["AD4"] = "right of the header"
    return book


def expected(book, name, first_row):
    sheet = book[name]
    rows = [(row[0].row, [cell.value for cell in row]) for row in sheet.iter_rows(min_row=first_row)]
    return [[number, [text(value) for value in values]] for number, values in rows if any(v is not None for v in values)]


def text(value):
    if value is None or (isinstance(value, str) and value.startswith("=")):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return str((value - datetime.datetime(1899, 12, 30)).days)
    return value if isinstance(value, str) else {"number": value}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    document = {}
    for name, make, sheet, first_row in (("clinical", clinical, "OD", 4), ("kinds", kinds, "cells & kinds", 2),
                                         ("columns", columns, "Sheet", 2)):
        make().save(out / f"{name}.xlsx")
        document[name] = {"sheet": sheet, "rows": expected(openpyxl.load_workbook(out / f"{name}.xlsx"), sheet, first_row)}
    (out / "expected.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
