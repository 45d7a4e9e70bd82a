"""The gallery page: everything made for a title on one self-contained HTML page, for people.

It takes plain values and paths (`model`), so that it knows neither Dagster nor a database: whoever has the
ledger and the store fills the values in.
"""
