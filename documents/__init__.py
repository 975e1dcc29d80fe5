"""A file on disk becomes a Document: canonical text, sections, places, passages and sentences, all by offsets."""
