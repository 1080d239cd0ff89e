"""LLVM assembly of our own making → a function, its machine code kept for the next run."""

from __future__ import annotations

import ctypes
import hashlib
import json
from collections.abc import Callable
from functools import cache as once
from typing import Any, NamedTuple

import llvmlite
import llvmlite.binding as llvm

from detente import cache
from detente.kernels import FOLDER

__all__ = ["Found", "Host", "Module", "Native", "compiled", "host", "kept", "made"]


class Host(NamedTuple):
    """This processor."""

    name: str
    features: frozenset[str]
    """What it can do, in LLVM's words."""
    architecture: str
    """What kind it is, as LLVM calls it: ``x86_64``, ``aarch64``."""


@once
def host() -> Host:
    features = llvm.get_host_cpu_features()
    can = frozenset(name for name, there in features.items() if there)
    return Host(llvm.get_host_cpu_name(), can, llvm.get_process_triple().split("-")[0])


class Native:
    """A function ``void worlds(int64 *frame)``; what it works on is its caller's, and it lets other threads run."""

    def __init__(self, code: bytes) -> None:
        # The engine owns the machine code: both live as long as this object.
        module = llvm.parse_assembly("")
        self._engine = llvm.create_mcjit_compiler(module, _machine())
        self._engine.add_object_file(llvm.object_file.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        address = self._engine.get_function_address("worlds")
        self._function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)

    def call(self, frame: int) -> None:
        """Run it on the frame at an address. The code is not given back before it has ended."""
        self._function(frame)


def _machine() -> Any:
    # Again and again does no harm.
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    features = llvm.get_host_cpu_features().flatten()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=2, reloc="pic", codemodel="default", jit=True
    )


class Module(NamedTuple):
    """What is compiled, and what its caller wants to know again when it is taken from where it was kept."""

    text: str
    """LLVM assembly"""
    note: Any = None
    """and anything that JSON can say."""


class Found(NamedTuple):
    """The function of a module, and the note that was kept with it."""

    function: Native
    note: Any


def kept(of: str) -> Found | None:
    """What was compiled before under a name that says all that the module hangs on, but for the sources of this package, by the same
    compiler for this processor."""
    data = cache.kept(_file(of))
    return None if data is None else _found(data)


def compiled(of: str, write: Callable[[], Module]) -> Found:
    """The same, written and compiled if need be, and kept for the next run."""
    if (found := kept(of)) is not None:
        return found
    text, note = write()
    said = json.dumps(note).encode()
    data = len(said).to_bytes(_LENGTH) + said + made(text)
    cache.keep(_file(of), data)
    return _found(data)


_LENGTH = 4
"""Bytes that say how long a note is."""


def _found(data: bytes) -> Found:
    end = _LENGTH + int.from_bytes(data[:_LENGTH])
    return Found(Native(data[end:]), json.loads(data[_LENGTH:end]))


def _file(of: str) -> str:
    by = (llvmlite.__version__, llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten(), of)
    return f"{FOLDER}/rows-{hashlib.sha256(repr(by).encode()).hexdigest()[:32]}"


def made(text: str) -> bytes:
    """Machine code of a module for this processor."""
    machine = _machine()
    module = llvm.parse_assembly(text)
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    module.verify()
    builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options())
    passes = llvm.create_new_module_pass_manager()
    # Texts repeat nothing, and what combines instructions would make bits of truths that are masks.
    passes.add_sroa_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, builder)
    # Texts are in the order that they are wanted in.
    llvm.set_option("", "-enable-misched=false")
    try:
        found: bytes = machine.emit_object(module)
    finally:
        llvm.set_option("", "-enable-misched=true")
    return found
