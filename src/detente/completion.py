"""Completion in a shell: typer's own scripts and answers, which are not installed for anybody."""

from __future__ import annotations

from detente.errors import UsageError

__all__ = ["SHELLS", "cases", "prepare", "script"]

SHELLS = ("bash", "zsh", "fish")


def script(shell: str) -> str:
    """What the shell has to read, for instance by ``eval "$(detente --completion bash)"``."""
    if shell not in SHELLS:
        raise UsageError(f"--completion {shell}: one of {', '.join(SHELLS)} was expected")
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name="detente", complete_var="_DETENTE_COMPLETE", shell=shell)


def prepare() -> None:
    """Let the command line answer a shell that asks how a word may go on."""
    from typer._completion_classes import completion_init

    completion_init()


def cases(incomplete: str) -> list[str]:
    """Bundled cases, and case files here, that begin so."""
    from pathlib import Path

    from detente.catalogue import names

    folder = incomplete[: incomplete.rfind("/") + 1]  # as it was typed: a path would lose './'
    try:
        files = [f"{folder}{f.name}" for f in sorted(Path(folder).glob("*.yaml")) if f.is_file()]
    except (OSError, ValueError):  # what cannot be looked into completes nothing
        files = []
    return [name for name in (*names(), *files) if name.startswith(incomplete)]
