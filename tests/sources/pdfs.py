"""Small PDF files, written byte by byte (ISO 32000-1, section 7.5)."""

from __future__ import annotations


def pdf(*pages, trailer="", **info):
    """A file with lines of Latin-1 text on its pages, and what it says of itself."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    said = " ".join(f"/{name} {_string(value)}" for name, value in info.items())
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} /MediaBox [0 0 595 842] >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"{_string(line)} Tj T*" for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 50 780 Td {shown} ET"
        uses = f"/Contents {5 + 2 * number} 0 R /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {uses} >>")
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< {said} >>")
    file, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"<< /Size {size} /Root 1 0 R /Info {len(objects)} 0 R {trailer} >>"
    tail = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n{end}\nstartxref\n{len(file)}\n%%EOF"
    )
    return file + tail.encode("latin-1")


def _string(text):
    escaped = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


KEY = "<< /Filter /Standard /V 1 /R 2 /Length 40 /P -44 /O ({}) /U ({}) >>"
ENCRYPTED = pdf(
    ["The peacekeepers are leaving."],
    trailer=f"/ID [<00><00>] /Encrypt {KEY.format('o' * 32, 'u' * 32)}",
)
"""Locked with a password that nobody knows."""
