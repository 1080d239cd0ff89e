"""Negotiation analysis between adversaries from one readable case file."""

__version__ = "0.1.0"
