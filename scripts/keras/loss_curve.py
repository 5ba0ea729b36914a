"""
Makes tests/fixtures/keras/loss-curve.json: the losses of 50 training steps of the `quick` preset's model in Keras.

    python scripts/keras/loss_curve.py > tests/fixtures/keras/loss-curve.json

Weights and crops follow from the recipe below, so that only the curve has to be kept; tests/compute/loss-curve.test.ts
follows the same recipe.

Not the study's model, because 18 layers under Adam amplify the last bit: there Keras leaves its own curve by 7 % with
one thread and by 13 % without oneDNN; with the model of `quick` by 0.07 %.

Recipe. Random numbers: Park & Miller's generator, state = state * 48271 mod (2^31 - 1), each number state / (2^31 - 1).
Kernels: one generator from seed 20260101 through all of them, in the order of the layers, each in row-major order,
uniform in +-sqrt(6 / (kernel^2 * (inputs + filters))), rounded to float32; scales and variances 1, all else 0.
Crops: 40, see `crop`. Step k from 0 trains on crops (k * batch + i) mod 40.
"""

import json
import math

import numpy as np
from autoencoder import autoencoder, keras, parameters
import tensorflow as tf

SPEC, SIZE, BATCH, STEPS, CROPS, SEED, LEARNING_RATE = "1x8@3,2x16@3", 32, 8, 50, 40, 20260101, 0.004
MODULUS = 2**31 - 1


def random_numbers(seed):
    state = seed
    while True:
        state = state * 48271 % MODULUS
        yield state / MODULUS


def crop(index):
    """
    Grey bytes [SIZE, SIZE]: five lines 6 rows apart and twelve note heads of 4 x 3 pixels on paper with a grain, without
    which squares of equal units abound, and max pooling sends their gradient wherever the last bit says.
    """
    pixels = np.full((SIZE, SIZE), 230, "uint8")
    for line in range(5):
        pixels[(index % 6 + 6 * line) % SIZE, :] = 40
    numbers = random_numbers(index + 1)
    for _ in range(12):
        x = math.floor(next(numbers) * (SIZE - 4))
        y = math.floor(next(numbers) * (SIZE - 3))
        pixels[y : y + 3, x : x + 4] = 10
    grain = np.array([math.floor(next(numbers) * 16) for _ in range(SIZE * SIZE)], "uint8")
    return pixels + grain.reshape(SIZE, SIZE)


def start(model):
    numbers = random_numbers(SEED)
    for name, variable in parameters(model).items():
        if name.endswith("/kernel"):
            side, _, inputs, filters = variable.shape
            limit = math.sqrt(6 / (side * side * (inputs + filters)))
            drawn = [(2 * next(numbers) - 1) * limit for _ in range(math.prod(variable.shape))]
            variable.assign(np.array(drawn, "float32").reshape(variable.shape))


def main():
    model = autoencoder(SPEC, SIZE)
    start(model)
    model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss="mse", jit_compile=False)
    crops = np.stack([crop(index) for index in range(CROPS)])[..., None].astype("float32") / 255
    losses = []
    for step in range(STEPS):
        batch = crops[[(step * BATCH + place) % CROPS for place in range(BATCH)]]
        # Otherwise the loss is a mean over all steps so far.
        model.reset_metrics()
        losses.append(float(model.train_on_batch(batch, batch)))
    fixture = {
        "about": "Made by scripts/keras/loss_curve.py",
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "spec": SPEC,
        "inputSize": SIZE,
        "batch": BATCH,
        "crops": CROPS,
        "seed": SEED,
        "learningRate": LEARNING_RATE,
        "losses": losses,
    }
    print(json.dumps(fixture, indent=1))


main()
