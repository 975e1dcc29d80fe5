"""python -m footnote."""

from footnote import main

main()
