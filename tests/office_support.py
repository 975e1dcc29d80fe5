"""Small office files written by hand, so that a test shows the markup it is about."""

import io
import zipfile

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_W = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)
_P = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    f'xmlns:r="{_OFFICE}"'
)
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
    "<dc:creator>Ann Lee</dc:creator><dcterms:created>2024-05-06T07:08:09Z</dcterms:created></cp:coreProperties>"
)


def package(parts: dict[str, str]) -> bytes:
    """A ZIP file of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def relations(**links: str) -> str:
    """A part's relations: id="kind target"."""
    nodes = ""
    for key, link in links.items():
        kind, target = link.split()
        nodes += f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{nodes}</Relationships>'
    )


def docx(body: str, **parts: str) -> bytes:
    """A Word file with this body; other parts (styles, footnotes, …) by the name of their relation."""
    files = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(r1="officeDocument word/document.xml"),
        "docProps/core.xml": _CORE,
        "word/document.xml": f"<w:document {_W}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relations(**{f"r{name}": f"{name} {name}.xml" for name in parts}),
    }
    for name, xml in parts.items():
        files[f"word/{name}.xml"] = f"<w:{name} {_W}>{xml}</w:{name}>"
    return package(files)


def pptx(*slides: str, **extra: str) -> bytes:
    """A presentation; `extra` holds further parts by path (dots as __, slashes as ___)."""
    ids = "".join(f'<p:sldId id="{i}" r:id="r{i}"/>' for i in range(len(slides)))
    files = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relations(r1="officeDocument ppt/presentation.xml"),
        "ppt/presentation.xml": f"<p:presentation {_P}><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            authors="commentAuthors authors.xml", **{f"r{i}": f"slide slides/s{i}.xml" for i in range(len(slides))}
        ),
    }
    for i, slide in enumerate(slides):
        files[f"ppt/slides/s{i}.xml"] = f"<p:sld {_P}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>"
    for name, xml in extra.items():
        files[name.replace("___", "/").replace("__", ".")] = xml.replace("<p:ROOT", f"<p:root {_P}").replace(
            "p:ROOT", "p:root"
        )
    return package(files)


def p(text: str, properties: str = "") -> str:
    """A Word paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def shape(*texts: str, kind: str = "") -> str:
    """A PowerPoint shape of some paragraphs; `kind` makes it a placeholder."""
    holder = f'<p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr>' if kind else ""
    lines = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts)
    return f"<p:sp>{holder}<p:txBody>{lines}</p:txBody></p:sp>"
