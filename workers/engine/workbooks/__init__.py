"""Parses workbooks, in a child process of its own with limits on its memory and its time (docs/decisions/0012).

Imports nothing heavy: what is imported here is paid by every workbook that is read.
"""
