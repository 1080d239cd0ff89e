"""What ends, paths and parts of a world are called for a reader."""

from __future__ import annotations

__all__ = ["FATES", "PARTS", "PATHS"]

FATES = {
    "holds": "still in office",
    "collapsed": "fallen",
    "handed_over": "handed over",
    "voted_out": "voted out",
    "removed": "removed by force",
}
PATHS = {
    "revenue": "Revenue, 1 being what would come in without sanctions at the usual price",
    "income": "Revenue and other rents together, 1 being what revenue would be without sanctions at the usual price",
    "loyalty": "Share of those who hold the incumbent up that is loyal",
    "support": "Public support for the challenger",
    "recognition": "Governments that recognise the challenger",
    "price": "Price of what the incumbent sells, 1 being its usual one",
    "output": "Output",
    "hunger": "Share of the people without enough food",
    "fiefs": "Share of the country held as fiefs",
    "governors": "Share of regional offices that the challengers won at the last regional poll of this world",
    "turnout": "Turnout at the last regional poll of this world",
    "trust": "Public belief that the incumbent is not obstinate",
}
PARTS = {
    "money": "money",
    "price": "the price of what he sells",
    "output": "output",
    "fiefs": "territorial fiefs",
    "hunger": "hunger and access",
    "sender": "the sender's easing",
    "home": "the sender's domestic politics",
    "lists": "lists of persons and the second sender",
    "funds": "frozen funds",
    "accountability": "accountability",
    "loyalty": "loyalty",
    "survival": "the regime's fall",
    "recognition": "recognition",
    "support": "public support",
    "split": "the opposition's split",
    "authority": "the electoral authority",
    "polls": "presidential polls",
    "regional": "regional polls",
    "exit": "going of one's own accord",
    "force": "removal by force",
    "talks": "talks",
}
