"""月度定稿: what is looked at before a month is signed, the signature, and how it is taken back by a second person."""
