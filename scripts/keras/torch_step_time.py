"""
Times training steps of the study's autoencoder in PyTorch, one line in, one line out, as step_time.py does:

    python torch_step_time.py SPEC SIZE BATCH DROPOUT THREADS
"""

import json
import resource
import sys
import time

import torch
from torch import nn


def parse(spec):
    blocks = []
    for part in spec.split(","):
        convolutions, rest = part.split("x")
        filters, kernel = rest.split("@")
        blocks.append((int(convolutions), int(filters), int(kernel)))
    return blocks


def autoencoder(spec, dropout):
    parts, channels = [], 1

    def convolve(filters, kernel):
        nonlocal channels
        parts.append(nn.Conv2d(channels, filters, kernel, padding="same", bias=False))
        parts.append(nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01))
        parts.append(nn.ReLU())
        channels = filters

    for convolutions, filters, kernel in parse(spec):
        for _ in range(convolutions):
            convolve(filters, kernel)
        parts.append(nn.MaxPool2d(2))
        parts.append(nn.Dropout(dropout))
    for convolutions, filters, kernel in reversed(parse(spec)):
        parts.append(nn.Upsample(scale_factor=2, mode="nearest"))
        for _ in range(convolutions):
            convolve(filters, kernel)
        parts.append(nn.Dropout(dropout))
    parts.extend([nn.Conv2d(channels, 1, 3, padding="same"), nn.Sigmoid()])
    return nn.Sequential(*parts).to(memory_format=torch.channels_last)


def main(spec, size, batch, dropout, threads):
    torch.set_num_threads(int(threads))
    torch.manual_seed(1)
    model = autoencoder(spec, float(dropout))
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, eps=1e-7)
    pixels = torch.rand(int(batch), 1, int(size), int(size)).to(memory_format=torch.channels_last)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = nn.functional.mse_loss(model(pixels), pixels)
        loss.backward()
        optimizer.step()

    step()
    print(json.dumps({"ready": True, "torch": torch.__version__}), flush=True)
    for line in sys.stdin:
        steps = int(line)
        wall, processor = time.perf_counter(), time.process_time()
        for _ in range(steps):
            step()
        answer = {
            "wallSeconds": (time.perf_counter() - wall) / steps,
            "processorSeconds": (time.process_time() - processor) / steps,
            "peakMemoryBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
        print(json.dumps(answer), flush=True)


main(*sys.argv[1:])
