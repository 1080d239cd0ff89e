"""A small case with ranges and rival readings."""

from __future__ import annotations

__all__ = ["TEXT"]

TEXT = """\
detente: 1
id: wells
title: A well for a road
judgement: made up
parties: {north: {}, south: {}}
issues:
  well: {controlled_by: north, status_quo: closed, options: {closed: , open: }}
  road: {controlled_by: south, status_quo: closed, options: {closed: , open: }}
preferences:
  north:
    weights: {well: [10, 40, 70], road: [20, 60, 90]}
    values: {well: {closed: 100, open: 0}, road: {closed: 0, open: 100}}
    patience: [0.9, 0.95, 0.99]
  south:
    weights: {well: [20, 55, 80], road: [10, 40, 70]}
    values: {well: {closed: 0, open: 100}, road: {closed: 100, open: 0}}
    patience: [0.9, 0.95, 0.99]
readings:
  south:
    plain: {prior: [0.4, 0.6, 0.8]}
    proud: {prior: [0.2, 0.4, 0.6], preferences: {no_deal: {status_quo: [1, 5, 9]}}}
"""
