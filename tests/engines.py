"""The engines on which a test runs: SQLite unless it asks for both."""

import pytest

ENGINES = ("sqlite", "postgresql")

encrypted_too = pytest.mark.parametrize("engine", ("sqlite", "encrypted"))
"""A test that is to run on an encrypted file as well as on a plain one."""

both_engines = pytest.mark.parametrize("engine", ENGINES)
"""A test, or a module by `pytestmark`, that is to run on every engine; it uses `store`, `store_url` or `engine`."""
