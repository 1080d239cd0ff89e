"""The world of a case, run: equations to a program of row operations, and worlds from it."""
