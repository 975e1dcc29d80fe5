"""Speed, memory and quality of Footnote, alone (`alone.py`) and side by side with its peers (`contest.py`).

Nothing here is part of the product: it is run from a checkout, with `python -m eval.bench`.
"""
