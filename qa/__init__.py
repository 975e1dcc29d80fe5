"""A question and its history become an Answer with verified citations; the web chat and the API live here."""
