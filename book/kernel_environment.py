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
    # Large arrays go back to the system when they are dropped, which takes a tenth off
    # the peak of a lesson; Binder gives 2 GB. (The first is glibc's: it acts on Linux.)
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
}
