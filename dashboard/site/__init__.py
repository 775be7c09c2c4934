"""The site around the pages: addresses, rights, reading, dispatch, acts, exports, the wire."""
