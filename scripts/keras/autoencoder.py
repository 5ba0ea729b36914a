"""The study's autoencoder in Keras 3: what Scorescope's own graph is compared with."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras  # noqa: E402
from keras import layers  # noqa: E402


def parse(spec):
    """'3x16@5,3x32@3>8' -> [(3, 16, 5, 16), (3, 32, 3, 8)]: convolutions, filters, kernel, the encoder's last filters."""
    blocks = []
    for part in spec.split(","):
        convolutions, rest = part.split("x")
        filters, kernel = rest.split("@")
        kernel, _, code = kernel.partition(">")
        blocks.append((int(convolutions), int(filters), int(kernel), int(code or filters)))
    return blocks


def convolution(value, name, filters, kernel):
    value = layers.Conv2D(filters, kernel, padding="same", use_bias=False, name=f"{name}-convolution")(value)
    value = layers.BatchNormalization(momentum=0.99, epsilon=1e-3, name=f"{name}-normalization")(value)
    return layers.ReLU()(value)


def autoencoder(spec, size, dropout=0.0, classes=0):
    """Grey pixels in [0, 1] -> reconstruction, or [reconstruction, logits] with a head."""
    blocks = list(enumerate(parse(spec), start=1))
    pixels = keras.Input((size, size, 1))
    value = pixels
    for block, (convolutions, filters, kernel, code) in blocks:
        for layer in range(1, convolutions + 1):
            width = code if layer == convolutions else filters
            value = convolution(value, f"encoder-{block}-{layer}", width, kernel)
        value = layers.MaxPooling2D(2)(value)
        value = layers.Dropout(dropout)(value) if dropout else value
    bottleneck = value
    for block, (convolutions, filters, kernel, _) in reversed(blocks):
        value = layers.UpSampling2D(2, interpolation="nearest")(value)
        for layer in range(1, convolutions + 1):
            value = convolution(value, f"decoder-{block}-{layer}", filters, kernel)
        value = layers.Dropout(dropout)(value) if dropout else value
    output = layers.Conv2D(1, 3, padding="same", activation="sigmoid", name="output")(value)
    if not classes:
        return keras.Model(pixels, output)
    average = layers.GlobalAveragePooling2D()(bottleneck)
    return keras.Model(pixels, [output, layers.Dense(classes, name="head")(average)])


def parameters(model):
    """Scorescope's parameter names -> Keras variables."""
    named = {}
    for layer in model.layers:
        name = layer.name
        if name.endswith("-convolution"):
            named[name.removesuffix("-convolution") + "/kernel"] = layer.kernel
        elif name.endswith("-normalization"):
            prefix = name.removesuffix("-normalization")
            named[prefix + "/scale"] = layer.gamma
            named[prefix + "/offset"] = layer.beta
            named[prefix + "/mean"] = layer.moving_mean
            named[prefix + "/variance"] = layer.moving_variance
        elif name in ("output", "head"):
            named[name + "/kernel"] = layer.kernel
            named[name + "/bias"] = layer.bias
    return named
