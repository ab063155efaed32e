"""The running case of the course: will this flight be on time?

One module a step: `charter` (step 1), `data` (step 2), `labels` and `features`
(step 3), `models` (step 4), `evaluation` (step 5), `service` (step 6). A later step
imports earlier ones only. `store` keeps what takes long to make.
"""
