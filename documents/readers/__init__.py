"""One module per family of formats; each offers `read(data, name, draft)` functions that fill a Draft."""
