"""
Reads a Scorescope model's weights into Keras, and compares every form of a model with what Scorescope computed.

    from load_in_keras import load_weights
    model = load_weights("model.safetensors")      # a trainable keras.Model: pixels in [0, 1] -> reconstruction

    python scripts/exchange/load_in_keras.py FOLDER

FOLDER holds model.safetensors, model.npz, model.keras and model.onnx of one run (`scorescope export`), pixels.npy
(uint8 [samples, size, size]) and reconstruction.npy (float32, as Scorescope computed it from them).
tests/contract/exchange.test.ts makes such a folder. Needs keras, tensorflow and safetensors; onnxruntime where it is.
Prints the largest absolute difference of each form as JSON; ends with 1 where one exceeds 1e-5.
"""

import json
from pathlib import Path
import sys

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "keras"))

from autoencoder import autoencoder, keras, parameters  # noqa: E402
import numpy as np  # noqa: E402
from safetensors import safe_open  # noqa: E402

TOLERANCE = 1e-5


def load_weights(file):
    """A Keras model with the weights of a safetensors file; with a head, its outputs are [reconstruction, logits]."""
    with safe_open(str(file), framework="numpy") as tensors:
        facts = tensors.metadata()
        head = json.loads(facts["head"])
        classes = len(head["classes"]) if head else 0
        model = autoencoder(facts["spec"], int(facts["inputSize"]), float(facts["dropout"]), classes)
        named = parameters(model)
        if set(named) != set(tensors.keys()):
            raise ValueError(f"The names differ: {sorted(set(named) ^ set(tensors.keys()))}")
        for name, variable in named.items():
            variable.assign(tensors.get_tensor(name))
    return model


def first(outputs):
    return np.asarray(outputs[0] if isinstance(outputs, (list, tuple)) else outputs)


def compare(folder):
    pixels = np.load(folder / "pixels.npy")[..., None] / np.float32(255)
    expected = np.load(folder / "reconstruction.npy").reshape(pixels.shape)
    weights = load_weights(folder / "model.safetensors")
    outputs = {
        "safetensors": first(weights(pixels, training=False)),
        "keras": first(keras.saving.load_model(folder / "model.keras")(pixels, training=False)),
    }
    try:
        import onnxruntime

        session = onnxruntime.InferenceSession(folder / "model.onnx")
        outputs["onnx"] = session.run(None, {"pixels": pixels})[0]
    except ImportError:
        print("ONNX is skipped: this Python has no onnxruntime.", file=sys.stderr)
    differences = {form: float(np.abs(output - expected).max()) for form, output in outputs.items()}
    arrays = np.load(folder / "model.npz")
    named = parameters(weights)
    differences["npz"] = max(float(np.abs(arrays[name] - named[name].numpy()).max()) for name in named)
    return differences


if __name__ == "__main__":
    found = compare(Path(sys.argv[1]))
    print(json.dumps(found))
    sys.exit(0 if all(difference <= TOLERANCE for difference in found.values()) else 1)
