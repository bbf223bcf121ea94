"""Billing that lives elsewhere: what is asked, what is made of the answer, what was said last.

`values` and `reading` are pure; `sql` asks a PostgreSQL, `answers` keeps copies in the store.
Who asks over HTTP lives where HTTP does (`workstation.sources`).
"""
