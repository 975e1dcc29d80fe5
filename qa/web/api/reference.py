"""The API's reference as one page of plain HTML, made from its OpenAPI document: no script, nothing from elsewhere."""

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

__all__ = ["reference"]

_STYLE = Markup(
    ":root{color-scheme:light dark}"
    "body{max-width:52rem;margin:2rem auto;padding:0 1rem;font:16px/1.5 system-ui,sans-serif}"
    "h2{margin:2.5rem 0 .3rem;font-size:1.05rem;font-family:ui-monospace,monospace}"
    "pre{overflow:auto;padding:.8rem;border:1px solid #8886;border-radius:6px;font-size:.8rem}summary{cursor:pointer}"
    "table{border-collapse:collapse}td,th{text-align:left;padding:.15rem 1rem .15rem 0;vertical-align:top}"
)


def reference(document: Mapping[str, Any]) -> str:
    """The page for an OpenAPI document."""
    operations = Markup("").join(
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    models = Markup("").join(
        Markup('<details id="{0}"><summary>{0}</summary><pre>{1}</pre></details>').format(name, _json(schema))
        for name, schema in document.get("components", {}).get("schemas", {}).items()
    )
    return str(
        Markup(
            '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            "<title>{0}: API</title><style>{1}</style><h1>{0}: API</h1><p>Version {2}. For programs: "
            '<a href="/api/openapi.json">openapi.json</a>.</p>{3}<h1>Models</h1>{4}</html>'
        ).format(document["info"]["title"], _STYLE, document["info"]["version"], operations, models)
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Markup:
    rows = Markup("").join(
        Markup("<tr><td><code>{}</code><td>{}<td>{}").format(
            p["name"], p["in"], p.get("description") or p["schema"].get("description", "")
        )
        for p in operation.get("parameters", ())
    )
    bodies = Markup("").join(
        Markup("<p>Body: <code>{}</code> {}</p>").format(kind, _linked(content.get("schema", {})))
        for kind, content in operation.get("requestBody", {}).get("content", {}).items()
    )
    answers = ", ".join(operation.get("responses", {}))
    return Markup("<h2>{} {}</h2><p>{}</p><table>{}</table>{}<p>Answers: {}</p>").format(
        method.upper(), path, operation.get("summary", ""), rows, bodies, answers
    )


def _linked(schema: Mapping[str, Any]) -> Markup:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return Markup('<a href="#{0}">{0}</a>').format(name) if name else Markup("<code>{}</code>").format(_json(schema))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)
