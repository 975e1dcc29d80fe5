"""Documents become a Library on disk: SQLite is the truth, FAISS is derived, and search gives Hits."""
