"""The tasks of whiteline_networks_timing with PyTorch: the same arguments and answer. Starts from
the weights, and takes the rows in the order, that the other side wrote."""
import argparse
import json
import os
import time

import numpy as np
import torch
import torch.nn.functional as functional
from torch import nn

CLASSES = 5
EPSILON = 1e-3


def dense(inputs, units):
    return nn.Linear(inputs, units)


def batch_norm(features):
    return nn.BatchNorm1d(features, eps=EPSILON, momentum=0.01)


class Dense10(nn.Module):
    """Two branches of two dense layers of 890 with tanh and layer norm."""
    output = "sigmoid"

    def __init__(self, channels):
        super().__init__()
        self.branches = nn.ModuleList(
            nn.Sequential(dense(channels, 890), nn.Tanh(), nn.LayerNorm(890, eps=EPSILON),
                          dense(890, 890), nn.Tanh(), nn.LayerNorm(890, eps=EPSILON))
            for _ in range(2))
        self.last = dense(2 * 890, CLASSES)

    def forward(self, x):
        return self.last(torch.cat([branch(x) for branch in self.branches], 1))

    def in_order(self):
        return [*self.branches[0], *self.branches[1], self.last]


class Conv5(nn.Module):
    """Two blocks of 11 filters of 4, ELU, batch norm, average pool; 648 units beside them, on each
    channel by itself or (flat) on the spectrum as a vector."""
    output = "sigmoid"

    def __init__(self, channels, flat):
        super().__init__()
        self.flat = flat
        self.blocks = nn.Sequential(
            nn.Conv1d(1, 11, 4), nn.ELU(), batch_norm(11), nn.AvgPool1d(2),
            nn.Conv1d(11, 11, 4), nn.ELU(), batch_norm(11), nn.AvgPool1d(2))
        self.units = dense(channels, 648) if flat else nn.Conv1d(1, 648, 1)
        self.norm = batch_norm(648)
        self.positions = ((channels - 3) // 2 - 3) // 2 if flat else 1
        self.last = dense(11 * self.positions + 648, CLASSES)

    def forward(self, x):
        image = x[:, None, :]
        if self.flat:
            left = self.blocks(image).flatten(1)
            right = self.norm(functional.elu(self.units(x)))
        else:
            left = self.blocks(image).mean(2)
            right = self.norm(functional.elu(self.units(image))).mean(2)
        return self.last(torch.cat([left, right], 1))

    def in_order(self):
        return [*self.blocks, self.units, self.norm, self.last]

    def mend(self):
        """Flattened maps are feature after feature here, position after position there."""
        weight = self.last.weight.data
        maps = weight[:, :11 * self.positions].reshape(CLASSES, self.positions, 11)
        weight[:, :11 * self.positions] = maps.transpose(1, 2).reshape(CLASSES, -1)


def same(length, width, stride):
    """Zeros before and after for ceil(length / stride) outputs, as Keras has it."""
    outputs = -(-length // stride)
    total = max((outputs - 1) * stride + width - length, 0)
    return total // 2, total - total // 2


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride, length):
        super().__init__()
        before, after = same(length, 3, stride)
        self.pad = (before, after) if before != after else None
        self.first = nn.Conv1d(inputs, outputs, 3, stride, 0 if self.pad else before, bias=False)
        self.first_norm = batch_norm(outputs)
        self.second = nn.Conv1d(outputs, outputs, 3, 1, 1, bias=False)
        self.second_norm = batch_norm(outputs)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv1d(inputs, outputs, 1, stride, bias=False),
                                          batch_norm(outputs))

    def forward(self, x):
        padded = x if self.pad is None else functional.pad(x, self.pad)
        y = functional.relu(self.first_norm(self.first(padded)))
        y = self.second_norm(self.second(y))
        return functional.relu(y + (x if self.shortcut is None else self.shortcut(x)))

    def in_order(self):
        return [self.first, self.first_norm, self.second, self.second_norm,
                *(self.shortcut or [])]


class Resnet16(nn.Module):
    """34 layers, one-dimensional, 16 filters in the first stage."""
    output = "softmax"

    def __init__(self, channels):
        super().__init__()
        self.pad = same(channels, 7, 2)
        self.stem = nn.Conv1d(1, 16, 7, 2, bias=False)
        self.stem_norm = batch_norm(16)
        length = -(-channels // 2)
        self.pool_pad = same(length, 3, 2)
        length = -(-length // 2)
        blocks, inputs = [], 16
        for stage, count in enumerate((3, 4, 6, 3)):
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(Block(inputs, 16 << stage, stride, length))
                length, inputs = -(-length // stride), 16 << stage
        self.blocks = nn.Sequential(*blocks)
        self.last = dense(inputs, CLASSES)

    def forward(self, x):
        y = functional.pad(x[:, None, :], self.pad)
        y = functional.relu(self.stem_norm(self.stem(y)))
        y = functional.max_pool1d(functional.pad(y, self.pool_pad, value=float("-inf")), 3, 2)
        return self.last(self.blocks(y).mean(2))

    def in_order(self):
        parts = [self.stem, self.stem_norm]
        for block in self.blocks:
            parts += block.in_order()
        return [*parts, self.last]


NETWORKS = {"dense10": Dense10, "conv5": lambda channels: Conv5(channels, False),
            "conv5_flat": lambda channels: Conv5(channels, True), "resnet16": Resnet16}


def load(model, numbers):
    """Tables by layers: weights (inputs x units; position, input x filters), bias, gamma, beta,
    moving mean and variance."""
    at = 0

    def take(*shape):
        nonlocal at
        count = int(np.prod(shape))
        table = torch.from_numpy(numbers[at:at + count].reshape(shape).copy())
        at += count
        return table

    for part in model.in_order():
        if isinstance(part, nn.Linear):
            part.weight.data = take(part.in_features, part.out_features).T.contiguous()
            part.bias.data = take(part.out_features)
        elif isinstance(part, nn.Conv1d):
            table = take(part.kernel_size[0], part.in_channels, part.out_channels)
            part.weight.data = table.permute(2, 1, 0).contiguous()
            if part.bias is not None:
                part.bias.data = take(part.out_channels)
        elif isinstance(part, (nn.LayerNorm, nn.BatchNorm1d)):
            size = part.weight.shape[0]
            part.weight.data, part.bias.data = take(size), take(size)
            if isinstance(part, nn.BatchNorm1d):
                part.running_mean, part.running_var = take(size), take(size)
    assert at == len(numbers), "the weights are those of another network"
    if hasattr(model, "mend") and model.flat:
        model.mend()


parser = argparse.ArgumentParser()
parser.add_argument("rows")
parser.add_argument("out")
parser.add_argument("--channels", type=int)
parser.add_argument("--labels")
parser.add_argument("--network")
parser.add_argument("--task", default="train")
parser.add_argument("--epochs", type=int, default=3)
parser.add_argument("--learning-rate", type=float, default=0.01)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--repeats", type=int, default=3)
parser.add_argument("--count", type=int, default=200)
parser.add_argument("--clock", default="wall")
options = parser.parse_args()

torch.set_num_threads(options.threads)
clock = time.process_time if options.clock == "processor" else time.perf_counter
x = torch.from_numpy(np.fromfile(options.rows, "f4").reshape(-1, options.channels))
model = NETWORKS[options.network](options.channels)
load(model, np.fromfile(options.out + ".weights", "f4"))


def loss_of(z, y):
    if model.output == "softmax":
        return functional.cross_entropy(z, y)
    return functional.binary_cross_entropy_with_logits(z, functional.one_hot(y, CLASSES).float())


def train():
    labels = torch.from_numpy(np.fromfile(options.labels, "i4").astype("i8"))
    order = torch.from_numpy(np.fromfile(options.out + ".order", "i4").astype("i8"))
    descent = torch.optim.SGD(model.parameters(), lr=options.learning_rate)
    model.train()
    seconds = []
    for epoch in range(options.epochs):
        total = torch.zeros(())
        start = clock()
        for rows in order[epoch * len(x):(epoch + 1) * len(x)].split(32):
            descent.zero_grad(set_to_none=True)
            loss = loss_of(model(x[rows]), labels[rows])
            loss.backward()
            descent.step()
            total += loss.detach() * len(rows)
        seconds.append(clock() - start)
    return seconds[1:], float(total) / len(x)


def infer(single):
    model.eval()
    frozen = torch.jit.freeze(torch.jit.trace(model, x[:1] if single else x[:1024]))

    def probabilities(some):
        z = frozen(some)
        if model.output == "softmax":
            return z.softmax(1)
        p = z.sigmoid()
        return p / p.sum(1, keepdim=True)

    some = x[:options.count] if single else x
    seconds, best = [], None
    with torch.no_grad():
        for repeat in range(options.repeats + 1):  # the first one makes the program
            start = clock()
            best = torch.cat([probabilities(part).max(1).values
                              for part in some.split(1 if single else 1024)])
            seconds.append(clock() - start)
    return seconds[1:], float(best.mean())


os.environ.setdefault("OMP_NUM_THREADS", str(options.threads))
times, quality = train() if options.task == "train" else infer(options.task == "single")
print(json.dumps({"seconds": times, "quality": quality}))
