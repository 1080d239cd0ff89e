"""``python -m detente.case FILE [--sources DIR]``: check a case file."""

from __future__ import annotations

import sys
from pathlib import Path

from detente.case.checks import verify_quotations
from detente.case.reading import load_case
from detente.errors import DetenteError


def main() -> int:
    try:
        read = load_case(Path(sys.argv[1]))
    except DetenteError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for w in read.warnings:
        print(f"{read.file}:{w.line}:{w.column}: warning: {w.message}")
    if "--sources" in sys.argv:
        results = verify_quotations(read.case, Path(sys.argv[sys.argv.index("--sources") + 1]))
        for q in results:
            if not q.found:
                print(f"{read.file}: {q.path}: {q.why}")
        print(f"{sum(q.found for q in results)} of {len(results)} quotations found")
    print(f"{read.file}: valid, {len(read.warnings)} warnings")
    return 0


raise SystemExit(main())
