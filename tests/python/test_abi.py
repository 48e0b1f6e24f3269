"""The ctypes signatures and structs say what capi/dualtrack.h says, function by function and field by field."""

from __future__ import annotations

import ctypes as c
import re
import subprocess
from pathlib import Path

import dualtrack as dt
import pytest
from conftest import ROOT
from dualtrack import _abi

HEADER = (ROOT / "capi/dualtrack.h").read_text()
CODE = re.sub(r"/\*.*?\*/", " ", HEADER, flags=re.S)

SCALARS = {
    "size_t": c.c_size_t,
    "int32_t": c.c_int32,
    "int64_t": c.c_int64,
    "double": c.c_double,
    "int": c.c_int,
    "dtk_status": c.c_int32,
}
HANDLES = {"dtk_error", "dtk_policy", "dtk_tables", "dtk_data", "dtk_result", "dtk_cancel", "dtk_value_added"}
STRUCTS = {
    "struct ArrowArrayStream": _abi.ArrowArrayStream,
    "struct ArrowSchema": _abi.ArrowSchema,
    "struct ArrowArray": _abi.ArrowArray,
    "dtk_run_options": _abi.RunOptions,
    "dtk_sim_rule": _abi.SimRule,
}


def ctype(text: str) -> object:
    """The ctypes type that a C type of the header has to have."""
    owned = "const" not in text
    text = re.sub(r"\bconst\b", " ", text)
    stars = text.count("*")
    base = " ".join(text.replace("*", " ").split())
    if base == "void" and stars == 0:
        return None
    if stars == 0:
        return SCALARS[base]
    if base == "char":
        if stars == 2:
            return c.POINTER(c.c_void_p)
        return c.c_void_p if owned else c.c_char_p  # a text to be given back must stay a pointer
    if base in HANDLES:
        return c.c_void_p if stars == 1 else c.POINTER(c.c_void_p)
    if base == "size_t":
        return c.POINTER(c.c_size_t)
    return c.POINTER(STRUCTS[base])


def functions() -> dict[str, tuple[object, list[object]]]:
    out: dict[str, tuple[object, list[object]]] = {}
    for result, name, arguments in re.findall(r"DTK_API\s+([\w\s*]+?)(dtk_\w+)\(([^)]*)\)\s*DTK_NOEXCEPT\s*;", CODE):
        types = []
        for argument in arguments.split(","):
            argument = argument.strip()
            if argument in ("void", ""):
                continue
            types.append(ctype(re.sub(r"\w+$", "", argument)))
        out[name] = (ctype(result), types)
    return out


def fields(struct: str) -> list[tuple[str, str]]:
    """(name, type) of the members of a struct of the header, in their order."""
    body = re.search(rf"typedef struct {struct} \{{(.*?)\}} {struct};", CODE, flags=re.S)
    assert body, struct
    out = []
    for member in body.group(1).split(";"):
        member = " ".join(member.split())
        if not member:
            continue
        pointer = re.match(r"(.*)\(\*(\w+)\)\((.*)\)$", member)
        if pointer:
            out.append((pointer.group(2), "function"))
        else:
            name = re.search(r"(\w+)$", member)
            assert name
            out.append((name.group(1), member[: name.start()].strip()))
    return out


def test_every_function_of_the_header_is_declared_and_no_other() -> None:
    assert set(_abi.SIGNATURES) == set(functions())
    assert len(_abi.SIGNATURES) >= 30


@pytest.mark.parametrize("name", sorted(_abi.SIGNATURES))
def test_a_function_has_the_types_of_the_header(name: str) -> None:
    result, arguments = functions()[name]
    assert _abi.SIGNATURES[name][0] is result
    assert list(_abi.SIGNATURES[name][1]) == arguments


@pytest.mark.parametrize("name", sorted(_abi.SIGNATURES))
def test_the_loaded_library_is_bound_with_these_types(name: str) -> None:
    function = getattr(_abi.library, name)
    assert function.restype is _abi.SIGNATURES[name][0]
    assert tuple(function.argtypes) == _abi.SIGNATURES[name][1]


def test_every_status_of_the_header_is_a_status_here() -> None:
    header = {
        name: int(value)
        for name, value in re.findall(r"#define DTK_(?:E_)?([A-Z_]+) (\d+)\b", CODE)
        if name != "ABI_VERSION" and not name.startswith("VALUE_ADDED")
    }
    assert header == {status.name: int(status) for status in dt.Status}


def test_abi_and_version_are_those_of_the_header() -> None:
    assert dt.abi_version() == _abi.ABI_VERSION == int(re.search(r"#define DTK_ABI_VERSION (\d+)", CODE).group(1))
    assert dt.__version__ == re.search(r'#define DTK_VERSION "([^"]+)"', CODE).group(1)


def test_run_options_have_the_members_of_the_header_in_its_order() -> None:
    assert [name for name, _ in fields("dtk_run_options")] == [field[0] for field in _abi.RunOptions._fields_]
    assert [name for name, _ in fields("dtk_allocator")] == [field[0] for field in _abi.Allocator._fields_]
    assert [name for name, _ in fields("dtk_sim_rule")] == [field[0] for field in _abi.SimRule._fields_]
    assert [name for name, _ in fields("dtk_sim_candidates")] == [field[0] for field in _abi.SimCandidates._fields_]


def test_flags_of_a_rule_are_those_of_the_header() -> None:
    header = {name: int(value, 16) for name, value in re.findall(r"#define DTK_(SIM_\w+) (0x\d+)u", CODE)}
    assert header == {name: getattr(_abi, name) for name in header}
    assert len(header) == 3


def test_changes_of_a_kept_panel_are_those_of_the_header() -> None:
    header = {name: int(value) for name, value in re.findall(r"#define DTK_(VALUE_ADDED_\w+) (\d+)", CODE)}
    assert header == {name: getattr(_abi, name) for name in header}
    assert len(header) == 3


def test_structs_have_the_size_and_offsets_a_c_compiler_gives_them(tmp_path: Path) -> None:
    structs = {
        "struct ArrowSchema": _abi.ArrowSchema,
        "struct ArrowArray": _abi.ArrowArray,
        "struct ArrowArrayStream": _abi.ArrowArrayStream,
        "dtk_allocator": _abi.Allocator,
        "dtk_run_options": _abi.RunOptions,
        "dtk_sim_candidates": _abi.SimCandidates,
        "dtk_sim_rule": _abi.SimRule,
    }
    lines = ["#include <stdio.h>", '#include "dualtrack.h"', "int main(void) {"]
    expected = []
    for c_name, python in structs.items():
        lines.append(f'printf("%zu\\n", sizeof({c_name}));')
        expected.append(c.sizeof(python))
        for field in python._fields_:
            lines.append(f'printf("%zu\\n", offsetof({c_name}, {field[0]}));')
            expected.append(getattr(python, field[0]).offset)
    source = tmp_path / "layout.c"
    source.write_text("\n".join([*lines, "return 0; }"]))
    program = tmp_path / "layout"
    for compiler in ("cc", "gcc", "g++", "clang"):
        try:
            subprocess.run([compiler, "-I", str(ROOT / "capi"), str(source), "-o", str(program)], check=True)
            break
        except FileNotFoundError:
            continue
    else:
        pytest.skip("no C compiler")
    found = [
        int(line) for line in subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout.split()
    ]
    assert found == expected


def test_a_handle_above_four_gigabytes_survives_the_calls(tables: dict) -> None:
    """ctypes cuts a pointer to 32 bits where argtypes or restype are missing."""
    with dt.Data(tables) as data:
        if data._handle._address < 2**32:
            pytest.skip("the heap of this process lies below 4 GiB")
        assert len(dt.run(data, "measures")["sellers"]) == 8


def test_a_missing_library_names_every_path_tried(tmp_path: Path) -> None:
    with pytest.raises(ImportError) as caught:
        _abi.load(tmp_path)
    for name in _abi.LIBRARY_NAMES:
        assert str(tmp_path / name) in str(caught.value)


def test_a_broken_library_says_why(tmp_path: Path) -> None:
    (tmp_path / "libdualtrack.so").write_text("not a library")
    with pytest.raises(ImportError, match=r"libdualtrack\.so: .*(ELF|invalid|file too short)"):
        _abi.load(tmp_path)


def test_the_environment_does_not_choose_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUALTRACK_LIBRARY", str(tmp_path / "evil.so"))
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    assert Path(_abi.load()._name).parent == Path(_abi.__file__).resolve().parent
