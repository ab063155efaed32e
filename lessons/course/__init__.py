"""What any course could use; nothing here knows the case.

`charts` gives charts their look, `phases` holds the lifecycle's phases and their
colors, `store` keeps what takes long to make, `closure` finds what a piece of code
reads, and `settings` reads TOML files. `markdown` writes tables, `typesetting` numbers.
"""

import sys

# Altair checks charts with jsonschema, which on import compiles grammars for addresses
# with letters beyond ASCII if it finds this package: three seconds for nothing here.
sys.modules.setdefault("rfc3987_syntax", None)
