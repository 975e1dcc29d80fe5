"""python -m eval.bench: Footnote alone; python -m eval.bench --peers: side by side with its peers."""

import sys

from eval.bench import alone, contest

if __name__ == "__main__":
    if sys.argv[1:2] == ["--peers"]:
        contest.main(sys.argv[2:])
    else:
        alone.main(sys.argv[1:])
