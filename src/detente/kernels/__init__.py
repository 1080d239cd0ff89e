"""Compiled kernels: arrays in, arrays out. No names, no I/O, no hidden state.

Numba's own file cache does not notice a changed helper in another file, trusts what lies in its directory, fails
where it is damaged and writes beside the sources where it may not write elsewhere. So the machine code of these
kernels is kept by :mod:`detente.cache`, in a folder named after a hash of all kernel sources and of what compiles
them: a change anywhere compiles everything anew, and no stale, damaged or foreign machine code is run.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from pathlib import Path
from typing import Any

import llvmlite
import numba
from numba.core import caching, dispatcher, types
from numba.core.compiler import CompileResult
from numba.core.registry import CPUDispatcher
from numba.core.runtime.nrt import rtsys
from numba.core.serialize import dumps

from detente import cache

__all__ = ["is_cold"]


def _folder() -> str:
    digest = hashlib.sha256(f"{sys.version} {numba.__version__} {llvmlite.__version__}".encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return f"kernels-{digest.hexdigest()[:16]}"


_FOLDER = _folder()

is_cold = not cache.holds(_FOLDER)
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
        if data is None:
            return None
        return CompileResult._rebuild(target, *pickle.loads(data))  # type: ignore[no-untyped-call]

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Keep the compiled kernel, unless it refers to addresses of this process."""
        if not (compiled.library.has_dynamic_globals or any(not part.can_cache for part in compiled.lifted)):
            data = dumps(compiled._reduce())  # type: ignore[no-untyped-call]
            cache.keep(self._file(signature, compiled.codegen), data)

    def _file(self, signature: Any, codegen: Any) -> str:
        asked = hashlib.sha256(repr((signature, codegen.magic_tuple())).encode()).hexdigest()
        return f"{_FOLDER}/{self._name}-{asked[:24]}"


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
