"""
Writes a Keras model's weights so that `scorescope import-model` reads them; the names are in docs/model-exchange.md.

    from save_from_keras import save_weights
    save_weights(model, "model.safetensors", spec="1x4@3,1x8@3", size=32)

    python scripts/exchange/save_from_keras.py FOLDER

makes FOLDER/from-keras.safetensors, a small model trained for a few steps, and FOLDER/from-keras.json, what Keras
computes with it. The tests' own are in tests/fixtures/exchange. Needs keras, tensorflow and safetensors.
"""

import base64
import json
from pathlib import Path
import sys

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "keras"))

from autoencoder import autoencoder, keras, parameters  # noqa: E402
import numpy as np  # noqa: E402
from safetensors.numpy import save_file  # noqa: E402
import tensorflow as tf  # noqa: E402

SPEC, SIZE, SAMPLES = "1x4@3,1x8@3", 32, 2


def save_weights(model, file, spec, size):
    """`model` has its layers named as in scripts/keras/autoencoder.py."""
    tensors = {name: variable.numpy().astype("float32") for name, variable in parameters(model).items()}
    save_file(tensors, str(file), metadata={"spec": spec, "inputSize": str(size)})


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main(folder):
    keras.utils.set_random_seed(20250101)
    random = np.random.default_rng(20250101)
    model = autoencoder(SPEC, SIZE)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="mse")
    pixels = random.integers(0, 256, (SAMPLES, SIZE, SIZE), "uint8")
    images = pixels[..., None] / np.float32(255)
    for _ in range(20):
        model.train_on_batch(images, images)
    save_weights(model, folder / "from-keras.safetensors", SPEC, SIZE)
    known = {
        "about": "Made by scripts/exchange/save_from_keras.py; arrays are little-endian, in base64",
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "pixels": packed(pixels),
        "reconstruction": packed(np.asarray(model(images, training=False), "float32")),
    }
    (folder / "from-keras.json").write_text(json.dumps(known, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
