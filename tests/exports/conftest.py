"""Tests with a program that no package index has are collected where it is installed.

LibreOffice is not asked of everybody who runs the tests; `.ci/run` installs it.
"""

import shutil

collect_ignore = [] if shutil.which("soffice") else ["test_libreoffice.py"]
