"""What a kernel finds in its environment, on the site's build and at a reader's desk.

All of it must be set before the kernel starts. ``binder/start`` sets the same.
"""

QUIET_AND_REPEATABLE = {
    # TensorFlow greets on stderr.
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    # As many lessons run as there are processors: each has one for itself.
    "OMP_NUM_THREADS": "1",
    # The same order of sets, and so the same output, every time.
    "PYTHONHASHSEED": "0",
}
