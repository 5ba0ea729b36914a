"""
Makes tests/fixtures/keras/whole-step.json: what Keras computes for two whole training steps of a small model.

    python scripts/keras/whole_step.py > tests/fixtures/keras/whole-step.json

Every array is little-endian float32 (pixels: uint8, labels: int32) in base64.
"""

import base64
import json

import numpy as np
from autoencoder import autoencoder, keras, parameters
import tensorflow as tf

SPEC, SIZE, BATCH, CLASSES, LEARNING_RATE = "1x3@5,2x4@3", 16, 6, 3, 0.001
LABELS = np.array([0, 2, -1, 1, 2, 0], "int32")


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def values(named):
    return {name: packed(variable.numpy().astype("float32")) for name, variable in named.items()}


def main():
    random = np.random.default_rng(20250101)
    model = autoencoder(SPEC, SIZE, classes=CLASSES)
    named = parameters(model)
    for name, variable in named.items():
        drawn = random.normal(size=variable.shape).astype("float32")
        # Kernels as large as usual; scales and variances around 1, the rest around 0.
        if name.endswith("/kernel"):
            drawn *= np.float32(np.sqrt(2 / np.prod(variable.shape[:-1])))
        elif name.endswith(("/scale", "/variance")):
            drawn = np.float32(1) + np.float32(0.1) * np.abs(drawn)
        else:
            drawn *= np.float32(0.1)
        variable.assign(drawn)
    pixels = random.integers(0, 256, (BATCH, SIZE, SIZE), "uint8")
    fixture = {
        "about": "Made by scripts/keras/whole_step.py",
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "spec": SPEC,
        "inputSize": SIZE,
        "classes": CLASSES,
        "learningRate": LEARNING_RATE,
        "pixels": packed(pixels),
        "labels": packed(LABELS),
        "start": values(named),
        "steps": [],
    }

    images = tf.constant(pixels[..., None], tf.float32) / 255
    labelled = tf.constant(LABELS >= 0, tf.float32)
    classes = tf.constant(np.maximum(LABELS, 0))
    optimizer = keras.optimizers.Adam(LEARNING_RATE)
    trained = {name: variable for name, variable in named.items() if variable.trainable}
    for _ in range(2):
        with tf.GradientTape() as tape:
            output, logits = model(images, training=True)
            error = tf.reduce_mean(tf.square(output - images))
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)
            head = tf.reduce_sum(losses * labelled)
            loss = error + head / tf.reduce_sum(labelled)
        gradients = tape.gradient(loss, [variable.value for variable in trained.values()])
        optimizer.apply(gradients, list(trained.values()))
        fixture["steps"].append(
            {
                "meanSquaredError": float(error),
                "headLoss": float(head),
                "gradients": dict(zip(trained, (packed(gradient.numpy()) for gradient in gradients))),
                "after": values(named),
            }
        )
    output, _ = model(images, training=False)
    fixture["evaluation"] = {"meanSquaredError": float(tf.reduce_mean(tf.square(output - images)))}
    print(json.dumps(fixture, indent=1))


main()
