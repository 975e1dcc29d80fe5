"""The page's styles and scripts as one piece of HTML for its head: nothing is fetched from anywhere.

Each file is one part of the page. The scripts share one scope, in this order, and leave a few names on window, which
the server's components call.
"""

from functools import lru_cache
from importlib import resources

__all__ = ["head"]

STYLES = ("style.css", "side.css", "chat.css", "panel.css", "dialogs.css", "wide.css")
SCRIPTS = ("base.js", "panel.js", "asking.js", "side.js", "bench.js", "server.js", "start.js")


@lru_cache(maxsize=1)
def head() -> str:
    """<style> and <script> with everything inside."""
    folder = resources.files("qa.web")
    styles, scripts = ("\n".join((folder / f).read_text("utf-8") for f in names) for names in (STYLES, SCRIPTS))
    return f'<style>{styles}</style><script>(() => {{"use strict";\n{scripts}\n}})();</script>'
