"""Every fixed phrase that Footnote speaks to a person."""

NOT_IN_DOCUMENTS = "The documents don't seem to answer this. The closest passages are shown below."
NOTHING_INDEXED = "There are no documents yet. Add some, and ask again."
NOTHING_MATCHES = "No document matches the limits set for this question. Widen them, and ask again."
UNREAD = "{count} part(s) of {source} could not be read ({what}): an answer there would be missed."
