"""What any course could use; nothing here knows the case.

`charts` gives charts their look, `phases` holds the lifecycle's phases and their
colors, `store` keeps what takes long to make, `closure` finds what a piece of code
reads, and `settings` reads TOML files. `markdown` writes tables, `typesetting` numbers.
"""
