"""Questions that the best passages can't answer: over the whole library, and between two sides of a matter."""
