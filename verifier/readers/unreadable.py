"""What is said of a file that no reader can take."""

from verifier.kit.errors import Unreadable


class UnreadableFile(Unreadable):
    """The file cannot be read as one of the formats that are imported, and nothing was taken of it.

    These are read: NDJSON, CSV (also with semicolons or tabs), ClaimReview as JSON-LD or inside an
    HTML page, DataFeed, and the CSV of auto-archiver; all in UTF-8. Compressed files and
    spreadsheets are not: unpack them, or save the sheet as CSV.
    """

    title = "The file cannot be read"
