"""The publications that a batch brings: the same address in a desk is the same source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from verifier.events.bulk import Happening, appeared
from verifier.events.chain import sha256
from verifier.imports.fitting import MOST_COPIES
from verifier.imports.identity import free_id, moved_id
from verifier.imports.known import KnownSource
from verifier.sources.models import Source

if TYPE_CHECKING:
    from verifier.imports.drafts import RowDraft, SourceDraft
    from verifier.imports.known import Known
    from verifier.imports.running import Run
    from verifier.imports.writing import Writes


class SourceRows:
    """Finds a draft's source, or adds it."""

    def __init__(self, run: Run, known: Known, writes: Writes) -> None:
        self._run = run
        self._known = known
        self._writes = writes

    def found_or_added(self, source: SourceDraft, draft: RowDraft) -> KnownSource:
        """The source of a place or of a piece of evidence."""
        return self.find(source) or self.add(source, draft)

    def find(self, source: SourceDraft) -> KnownSource | None:
        """The desk's source of that address, or of the record's id where it has no address."""
        key = source.address["url_key"]
        if key is not None:
            return self._known.addresses.get(key)
        if source.id is None:
            return None
        ids = (source.id, moved_id(source.id, self._run.desk_id))
        return next((self._known.by_id[each] for each in ids if each in self._known.by_id), None)

    def add(self, source: SourceDraft, draft: RowDraft) -> KnownSource:
        """A new source. It is not fetched: nobody asks the whole web for thousands of pages."""
        run, moment = self._run, self._run.moment
        source_id = free_id(source.id, run.desk_id, self._known.sources)
        row: dict[str, Any] = {
            "id": source_id, "desk_id": run.desk_id, **source.address, "title": source.title,
            "publisher": source.publisher, "author": source.author,
            "published_at": source.published_at, "language": source.language,
            "text": source.text, "text_sha256": sha256(source.text), "text_snapshot_id": None,
            "archive_urls": [copy.url for copy in source.copies],
            "archive_hashes": _hashes(source), "snapshots": [], "checked_at": None,
            "created_by": run.actor.account_id, "version": 1, "created_at": moment,
            "updated_at": moment,
        }  # fmt: skip
        self._writes.rows[Source].append(row)
        number = draft.row.number
        self._writes.told.append(
            appeared("source.imported", Source, row, import_id=run.id, row=number)
        )
        added = KnownSource(
            source_id, archive_urls=row["archive_urls"], archive_hashes=row["archive_hashes"],
            is_new=True, text=source.text,
        )  # fmt: skip
        self._known.sources[source_id] = run.desk_id
        self._known.by_id[source_id] = added
        if (key := source.address["url_key"]) is not None:
            self._known.addresses[key] = added
        return added

    def add_copies(self, there: KnownSource, source: SourceDraft) -> bool:
        """Have the source that is there know of the draft's copies; whether any is new."""
        urls = [*there.archive_urls]
        urls += [copy.url for copy in source.copies if copy.url not in urls][:MOST_COPIES]
        urls = urls[: max(MOST_COPIES, len(there.archive_urls))]
        known = there.archive_hashes or {}
        told = {**(_hashes(source) or {}), **known}
        hashes = {url: digest for url, digest in told.items() if url in urls} or None
        if (urls, hashes) == (there.archive_urls, there.archive_hashes):
            return False
        there.archive_urls, there.archive_hashes = urls, hashes
        changes = {"archive_urls": urls, "archive_hashes": hashes}
        self._writes.told.append(
            Happening("source.copies_added", (Source.__subject__, there.id), changes)
        )
        moment = {"updated_at": self._run.moment}
        self._writes.archived.append({"of": there.id, **changes, **moment})
        return True


def _hashes(source: SourceDraft) -> dict[str, str] | None:
    return {copy.url: copy.sha256 for copy in source.copies if copy.sha256} or None
