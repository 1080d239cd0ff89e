"""Compiled kernels: arrays in, arrays out. No names, no I/O, no hidden state.

Numba's own file cache does not notice a changed helper in another file, trusts what lies in its directory, fails
where it is damaged and writes beside the sources where it may not write elsewhere. So the machine code of these
kernels is kept by :mod:`detente.cache`, in a folder named after a hash of all kernel sources and of what compiles
them: a change anywhere compiles everything anew, and no stale, damaged or foreign machine code is run.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llvmlite
import numba
from llvmlite.binding import parse_bitcode
from numba.core import caching, dispatcher, types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import compile_result
from numba.core.environment import Environment, lookup_environment
from numba.core.registry import CPUDispatcher
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from detente import cache

__all__ = ["FOLDER", "is_cold"]


def _folder() -> str:
    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {llvmlite.__version__}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return f"kernels-{digest.hexdigest()[:16]}"


FOLDER = _folder()
"""Where in the cache everything is kept that hangs on these sources."""

is_cold = not cache.holds(FOLDER)
"""Whether nothing has been compiled yet on this machine: the first run then takes longer, and says so."""


class _Cache(caching.NullCache):
    """The overloads of one kernel, a file each."""

    def __init__(self, kernel: Any) -> None:
        self._name = f"{kernel.__module__.rpartition('.')[2]}.{kernel.__qualname__}"

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled kernel for these types and this processor, or None."""
        # Of what a target refreshes only memory is needed to run; its registries, for compiling, take longer to import than all else.
        rtsys.initialize(target)
        data = cache.kept(self._file(signature, target.codegen()))
        return None if data is None else _whole(target, _Reader(io.BytesIO(data)).load())

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep the compiled kernel, unless it refers to addresses of this process."""
        if not (compiled.library.has_dynamic_globals or compiled.lifted or compiled.reload_init):
            (name, _, code), *rest = compiled._reduce()
            described, environment, signed, *_, environments = rest
            data = dumps((name, *code, described, environment, signed, environments))  # type: ignore[no-untyped-call]
            cache.keep(self._file(signature, compiled.codegen), data)

    def _file(self, signature: Any, codegen: Any) -> str:
        asked = hashlib.sha256(repr((signature, codegen.magic_tuple())).encode()).hexdigest()
        return f"{FOLDER}/{self._name}-{asked[:24]}"


class _Reader(pickle.Unpickler):
    """What was kept, without the modules that its functions are from."""

    def find_class(self, module: str, name: str) -> Any:
        """As everybody finds it, but for environments."""
        return _environment if name == "_rebuild_env" else super().find_class(module, name)


def _environment(module: str, constants: Sequence[Any], name: str) -> Environment:
    """As Numba makes it, but of a module that is there: names in it are looked up by nothing that was kept, and most come from
    Numba's own about arrays, which takes a tenth of a second to import."""
    found: Environment | None = lookup_environment(name)  # type: ignore[no-untyped-call]
    if found is None:
        found = Environment(vars(sys.modules[module]) if module in sys.modules else {"__name__": module})
        found.consts[:] = constants
        found.env_name = name
        Environment._memo[name] = found
    return found


class _Library(JITCodeLibrary):
    """Machine code that was kept. The bitcode beside it is read only where a kernel that is compiled takes this one up: that takes
    longer than all else about loading it."""

    def __init__(self, codegen: Any, name: str, code: bytes, bitcode: bytes) -> None:
        super().__init__(codegen, name)  # type: ignore[no-untyped-call]
        self._bitcode = bitcode
        self.enable_object_caching()  # type: ignore[no-untyped-call]
        self._set_compiled_object(code)  # type: ignore[no-untyped-call]
        self._finalize_final_module()  # type: ignore[no-untyped-call]

    def _get_module_for_linking(self) -> Any:
        if self._shared_module is None:
            self._shared_module = parse_bitcode(self._bitcode)
            self._codegen._engine._load_defined_symbols(self._shared_module)  # type: ignore[no-untyped-call]
        return self._shared_module


def _whole(target: Any, kept: tuple[Any, ...]) -> Any:
    """The compiled kernel, from what was kept of it."""
    name, code, bitcode, described, environment, signature, environments = kept
    codegen = target.codegen()
    library = _Library(codegen, name, code, bitcode)
    codegen._engine._defined_symbols.add(described.llvm_cpython_wrapper_name)
    entry = target.get_executable(library, described, environment)
    for each in environments:
        codegen.set_env(each.env_name, each)
    return compile_result(  # type: ignore[no-untyped-call]
        typing_context=target.typing_context,
        target_context=target,
        entry_point=entry,
        signature=signature,
        objectmode=False,
        fndesc=described,
        library=library,
        environment=environment,
        referenced_envs=environments,
        lifted=(),
        reload_init=(),
    )


class _Kernel(CPUDispatcher):
    """A kernel, compiled once for all whole numbers that are written out where other kernels call it."""

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Its signature for arguments of these types, compiled if need be."""
        return super().get_call_template(
            [_plain(of) for of in args], {n: _plain(of) for n, of in kws.items()}
        )


def _plain(of: Any) -> Any:
    return types.unliteral(of)  # type: ignore[no-untyped-call]


def _enable_caching(self: Any) -> None:
    function = self.py_func
    if function.__module__.startswith(f"{__name__}.") and function.__closure__ is None:
        self.__class__, self._cache = _Kernel, _Cache(function)
        self.targetoptions["no_cfunc_wrapper"] = True  # a door for C, which nobody uses
    else:
        self._cache = caching.FunctionCache(function)  # type: ignore[no-untyped-call]


# What Numba does where ``cache=True`` is said; of other packages' functions it goes on to do the same.
dispatcher.Dispatcher.enable_caching = _enable_caching  # type: ignore[method-assign]
