"""Answers written by a language model: the model, its prompt, its stream, and what becomes of its sentences."""
