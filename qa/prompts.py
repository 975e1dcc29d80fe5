"""Every fixed phrase that Footnote speaks to a person."""

NOT_IN_DOCUMENTS = "The documents don't seem to answer this. The closest passages are shown below."
NOTHING_INDEXED = "There are no documents yet. Add some, and ask again."
NOTHING_MATCHES = "No document matches the limits set for this question. Widen them, and ask again."
UNREAD = "{name} was not read in full ({what}): an answer there would be missed."
UNREAD_FILE = "{name} could not be read at all: an answer there would be missed."
UNREAD_MORE = "… and {count} more that could not be read, or not in full."
NO_READER = "Answered without the reader, which is less exact: {reason}"
