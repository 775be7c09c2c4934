"""Write the next revision: what the tables in ``schema/`` have and the revisions so far do not.

Example: ``python -m data_access.store.migrations "add the forecast table"``. Read the file before committing it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from data_access.store.engine import alembic_config, create_store, migrate, writing


def main(message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_store(f"sqlite:///{Path(folder) / 'revision.db'}")
        migrate(engine)
        with writing(engine) as connection:
            config = alembic_config(connection)
            number = f"{int(ScriptDirectory.from_config(config).get_current_head() or 0) + 1:04d}"
            command.revision(config, message=message, rev_id=number, autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "change")
