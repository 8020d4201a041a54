"""HTML as the text a person would see; linear in its length, whatever stands in it."""

__all__ = ["text_of"]

import html
import re

_BREAKS = {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "hr"}
_HIDDEN = {"script", "style", "head", "title", "template"}
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]{0,20})")
_BLANKS = re.compile(r"[^\S\n]+")


def text_of(markup: str, most: int) -> str:
    """No tag, script or style; a block begins a line. What is never closed ends the text."""
    markup = markup[: 20 * most]
    found: list[str] = []
    kept = at = 0
    lower = markup.lower()
    while at < len(markup) and kept < most:
        opens = markup.find("<", at)
        if opens < 0:
            opens = len(markup)
        found.append(markup[at:opens])
        kept += opens - at
        if opens == len(markup):
            break
        if markup.startswith("<!--", opens):
            closes, width = markup.find("-->", opens + 4), 3
        else:
            closes, width = markup.find(">", opens + 1), 1
        if closes < 0:
            break
        name = _NAME.match(markup, opens + 1)
        word = name[1].lower() if name else ""
        if word in _BREAKS:
            found.append("\n")
        at = closes + width
        if word in _HIDDEN and markup[opens + 1] != "/":
            end = lower.find(f"</{word}", at)
            if end < 0:
                break
            at = end
    text = html.unescape("".join(found)).replace("\0", "")
    lines = (_BLANKS.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)[:most]
