"""Values that have a type as the text a person would write in a cell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def plain_text(value: Any) -> str:
    """One value as a person would write it in a cell."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # What a spreadsheet shows: it keeps 15 significant digits.
        return f"{value:.15g}"
    return str(value)


def texts_of(array: pa.Array) -> pa.StringArray:
    """An Arrow column as text; nulls become blank."""
    kind = array.type
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], kind)
    if pa.types.is_dictionary(kind):
        return texts_of(array.dictionary_decode())
    if pa.types.is_timestamp(kind):
        array = _timestamps(array)
    elif not pa.types.is_string(kind):
        try:
            array = array.cast(pa.string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            array = pa.array([plain_text(value) for value in array.to_pylist()], pa.string())
    return array.fill_null("") if array.null_count else array


def _timestamps(array: pa.Array) -> pa.Array:
    """ISO text; an instant with a zone is written in UTC, one without as it is (then it is Beijing time)."""
    zone = array.type.tz
    micro = array.cast(pa.timestamp("us", zone), safe=False)
    if zone is None:
        return micro.cast(pa.string())
    text = micro.cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us")).cast(pa.string())
    return pc.binary_join_element_wise(text, "Z", "")
