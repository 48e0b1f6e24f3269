"""The comparison's tables by dualtrack: everything its `sellers` and `teams` have, more than is compared."""

from __future__ import annotations

import dualtrack as dt
import pyarrow as pa

from organisation import AS_OF

POLICY = {"version": 1, "as_of": AS_OF}


def prepare(tables: dict[str, pa.Table], threads: int) -> dict[str, pa.Table]:
    return tables


def run(tables: dict[str, pa.Table], threads: int) -> tuple[pa.Table, pa.Table]:
    data = dt.Data(tables, threads=threads)
    result = dt.run(data, "measures", policy=POLICY, threads=threads)
    return pa.table(result["sellers"]), pa.table(result["teams"])


def version() -> str:
    return dt.__version__
