"""
Times training steps of the study's autoencoder in Keras 3, one line in, one line out:

    python step_time.py SPEC SIZE BATCH DROPOUT THREADS

Each line on standard input is a number of steps; the answer is JSON with processor and wall-clock seconds per step.
"""

import json
import resource
import sys
import time

from autoencoder import autoencoder, keras
import numpy as np
import tensorflow as tf


def main(spec, size, batch, dropout, threads):
    tf.config.threading.set_intra_op_parallelism_threads(int(threads))
    tf.config.threading.set_inter_op_parallelism_threads(int(threads))
    model = autoencoder(spec, int(size), float(dropout))
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", jit_compile=False)
    pixels = np.random.default_rng(1).random((int(batch), int(size), int(size), 1), "float32")
    model.train_on_batch(pixels, pixels)
    print(json.dumps({"ready": True, "keras": keras.__version__, "tensorflow": tf.__version__}), flush=True)
    for line in sys.stdin:
        steps = int(line)
        wall, processor = time.perf_counter(), time.process_time()
        for _ in range(steps):
            model.train_on_batch(pixels, pixels)
        answer = {
            "wallSeconds": (time.perf_counter() - wall) / steps,
            "processorSeconds": (time.process_time() - processor) / steps,
            "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
        print(json.dumps(answer), flush=True)


main(*sys.argv[1:])
