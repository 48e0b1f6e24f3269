"""dualtrack: who in a sales organisation is ready to lead, who should rise as an expert seller, and why.

import dualtrack as dt
data = dt.Data({"people": people, "deals": deals})
result = dt.run(data, "measures")
result["sellers"].to_pandas()
"""

from ._api import (
    Cancel,
    Data,
    Policy,
    Result,
    Table,
    abi_version,
    catalog,
    default_policy,
    policy_schema,
    run,
    version,
)
from ._error import Error, Status
from ._simulate import Candidates, simulate
from ._value_added import ValueAdded

__version__: str = version
del version

__all__ = [
    "Cancel",
    "Candidates",
    "Data",
    "Error",
    "Policy",
    "Result",
    "Status",
    "Table",
    "ValueAdded",
    "abi_version",
    "catalog",
    "default_policy",
    "policy_schema",
    "run",
    "simulate",
]
