"""The same page as PDF, by WeasyPrint, which needs Pango of the system; and whether a font for Chinese is there.

Belongs here: that library, and saying what to install. Does not: what the page shows (html.py).
"""

from __future__ import annotations

import ctypes
import logging

from pipelines.errors import KpiError

PANGO = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk (Debian); or --no-pdf"
FONT = "apt-get install fonts-noto-cjk (Debian), or any other font with Chinese signs; or --no-pdf"
HAN = ord("标")


def pdf(html: str, language: str) -> bytes:
    """The PDF of a report's HTML. Nothing but the text is read: whatever asks for an address is refused.

    Raises KpiError: Pango is not installed, no font has Chinese signs.
    """
    try:
        import weasyprint
    except OSError as error:  # cffi finds the wheel, and not the library of the system
        raise KpiError(
            f"a PDF needs Pango, which is not installed ({str(error).splitlines()[0][:120]})", next_step=PANGO
        ) from error
    if not has_han():
        raise KpiError("no installed font has Chinese signs: a PDF would show boxes", next_step=FONT)
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    made: bytes = weasyprint.HTML(string=html, url_fetcher=_refuse).write_pdf(
        full_fonts=False, pdf_identifier=b"", custom_metadata=False
    )
    return made


def has_han() -> bool:
    """Whether fontconfig, which Pango asks, knows a font with Chinese signs: WeasyPrint itself draws boxes silently."""
    try:
        found = ctypes.CDLL("libfontconfig.so.1")
    except OSError:
        return True  # another system: what it has is not known here
    for name in ("FcPatternCreate", "FcCharSetCreate", "FcObjectSetCreate", "FcFontList"):
        getattr(found, name).restype = ctypes.c_void_p
    pattern, signs, wanted = found.FcPatternCreate(), found.FcCharSetCreate(), found.FcObjectSetCreate()
    found.FcCharSetAddChar(ctypes.c_void_p(signs), HAN)
    found.FcPatternAddCharSet(ctypes.c_void_p(pattern), b"charset", ctypes.c_void_p(signs))
    fonts = found.FcFontList(None, ctypes.c_void_p(pattern), ctypes.c_void_p(wanted))
    return bool(fonts) and ctypes.cast(fonts, ctypes.POINTER(ctypes.c_int)).contents.value > 0


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError("a report loads nothing")
