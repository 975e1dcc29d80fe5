"""How the reader was made; never imported by the product."""
