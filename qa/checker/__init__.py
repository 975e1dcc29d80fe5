"""Each sentence against the spans it cites: numbers, dates, names, negations, words. No model is needed."""
