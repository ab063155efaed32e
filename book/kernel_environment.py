"""What a kernel finds in its environment, on the site's build and at a reader's desk.

All of it must be set before the kernel starts. ``binder/start`` sets the same.
"""

EVERY_KERNEL = {
    # TensorFlow greets on stderr.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    # As many lessons run as there are processors: each has one for itself.
    "OMP_NUM_THREADS": "1",
    # Some images forbid Python to keep compiled modules: each kernel would then compile
    # thousands anew, and pandas alone would take 2.9 seconds of CPU in place of 0.9.
    "PYTHONDONTWRITEBYTECODE": "",
    # The same order of sets, and so the same output, every time.
    "PYTHONHASHSEED": "0",
    # Arrow gives memory back when a table is dropped. (To ask the same of malloc, by a
    # low MALLOC_MMAP_THRESHOLD_, costs a fifth of a lesson's CPU for 27 MiB.)
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
