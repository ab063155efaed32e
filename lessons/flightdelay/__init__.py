"""The running case of the course: will this flight be on time?

One module or package a step: `charter` (step 1), `data` (step 2), `labels` and
`features` (step 3), `models` (step 4), `evaluation` and `errors` (step 5), `service`
(step 6), `monitoring` (step 7), `repairs` (step 8). A later step imports earlier ones
only.

Beside them, `digits` is the small case of lesson 3.
"""
