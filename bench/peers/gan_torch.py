"""The tasks of whiteline_gan_timing with PyTorch, and with SciPy's matrix root: the same arguments
and answer. Starts from the weights that the other side wrote."""
import argparse
import json
import os
import time

import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("rows")
parser.add_argument("out")
parser.add_argument("--channels", type=int)
parser.add_argument("--task", default="train")
parser.add_argument("--epochs", type=int, default=5)
parser.add_argument("--repeats", type=int, default=1)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--quality", type=float, default=2000.0, help="electrons of the noise")
parser.add_argument("--clock", default="wall")
options = parser.parse_args()
clock = time.process_time if options.clock == "processor" else time.perf_counter
rows = np.fromfile(options.rows, "f4").reshape(-1, options.channels)

LATENT, BATCH, SHIFT, MOST_SHIFT = 30, 64, 3, 10


def frechet():
    from scipy import linalg
    half = len(rows) // 2
    seconds, distance = [], None
    for _ in range(options.repeats):
        start = clock()
        x, y = rows[:half].astype("f8"), rows[half:2 * half].astype("f8")
        sx, sy = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
        root = linalg.sqrtm(sx @ sy)
        distance = (np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(sx) + np.trace(sy)
                    - 2 * np.trace(root).real)
        seconds.append(clock() - start)
    return seconds, float(distance)


def train():
    import torch
    import torch.nn.functional as functional
    from torch import nn

    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    act = nn.LeakyReLU(0.3)

    def noises(x, rate, deviation=0.0):
        x = x + torch.poisson(torch.full_like(x, rate))
        return x + deviation * torch.randn_like(x) if deviation else x

    def moved(x, by, left):
        if left:
            return torch.cat([x[:, by:], x[:, -by:]], 1)
        return torch.cat([x[:, :by], x[:, :-by]], 1)

    def moved_at_random(x, by):
        return moved(x, by, torch.rand(()) < 0.5)

    class Generator(nn.Module):
        def __init__(self, channels):
            super().__init__()
            s = round(channels / 6)
            widths = [LATENT, LATENT, round(.85 * s), round(.75 * s), round(.5 * s), s]
            self.segments = nn.ModuleList(
                nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))
                for _ in range(6))
            self.joined = nn.Linear(6 * s, channels)
            self.last = nn.Linear(channels, channels)

        def forward(self, z):
            parts = []
            for layers in self.segments:
                x = z
                for layer in layers[:-1]:
                    x = noises(act(layer(x)), .5, .15)
                parts.append(moved_at_random(act(layers[-1](x)), SHIFT))
            x = noises(act(self.joined(torch.cat(parts, 1))), .15)
            return torch.tanh(self.last(moved_at_random(x, SHIFT)))

        def in_order(self):
            return [*(layer for segment in self.segments for layer in segment), self.joined,
                    self.last]

    class Minibatch(nn.Module):
        def __init__(self, inputs, kernels, depth):
            super().__init__()
            self.numbers = nn.Linear(inputs, kernels * depth, bias=False)
            self.kernels, self.depth = kernels, depth

        def forward(self, x):
            m = self.numbers(x).view(-1, self.kernels, self.depth)
            distance = (m[:, None] - m[None]).abs().sum(3)
            return torch.cat([x, torch.exp(-distance).sum(1)], 1)

    class Branch(nn.Module):
        def __init__(self, channels, kernels, depth):
            super().__init__()
            s = round(channels / 5)
            self.layers = nn.ModuleList([nn.Linear(channels, channels),
                                         nn.Linear(channels, 4 * s), nn.Linear(4 * s, 3 * s)])
            self.minibatch = Minibatch(3 * s, kernels, depth)
            self.last = nn.Linear(3 * s + kernels, s)
            self.dropout = nn.Dropout(.5)

        def forward(self, x):
            for layer in self.layers:
                x = self.dropout(act(layer(x)))
            return self.dropout(act(self.last(self.minibatch(x))))

        def in_order(self):
            return [*self.layers, self.minibatch.numbers, self.last]

    class Discriminator(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.branches = nn.ModuleList([Branch(channels, 100, 5), Branch(channels, 150, 8)])
            self.last = nn.Linear(2 * round(channels / 5), 1)

        def forward(self, x):
            return self.last(torch.cat([branch(x) for branch in self.branches], 1))

        def in_order(self):
            return [*self.branches[0].in_order(), *self.branches[1].in_order(), self.last]

    generator, judge = Generator(options.channels), Discriminator(options.channels)
    numbers = np.fromfile(options.out + ".weights", "f4")
    at = 0
    for layer in generator.in_order() + judge.in_order():
        table = numbers[at:at + layer.weight.numel()].reshape(layer.in_features, -1)
        layer.weight.data = torch.from_numpy(table.T.copy())
        at += table.size
        if layer.bias is not None:
            layer.bias.data = torch.from_numpy(numbers[at:at + layer.out_features].copy())
            at += layer.out_features
    assert at == len(numbers), "the weights are those of another network"

    generator_steps = torch.optim.Adam(generator.parameters(), lr=1e-4, eps=1e-7)
    judge_steps = torch.optim.Adam(judge.parameters(), lr=5e-4, eps=1e-7)
    of_generator, of_judge = list(generator.parameters()), list(judge.parameters())

    def plain():
        return lambda x: x

    def energy_shift():
        by, left = int(torch.randint(1, MOST_SHIFT + 1, ())), torch.rand(()) < 0.5
        return lambda x: moved(x, by, left)

    def shot_noise():
        q = options.quality / float(torch.rand(()) + 0.5) ** 2

        def noisy(x):
            rate = q * x.detach().clamp(min=0)
            return x + (torch.poisson(rate) - rate) / q
        return noisy

    def loss_of(logits, target):
        return functional.binary_cross_entropy_with_logits(logits,
                                                           torch.full_like(logits, target))

    def follow(steps, parameters, gradients):
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = gradient
        steps.step()

    def step(real, transformation, joint):
        transformed = transformation()
        fake = generator(torch.randn(BATCH, LATENT))
        if not joint:
            fake = fake.detach()
        of_real, of_fake = judge(transformed(real)), judge(transformed(fake))
        gradients = torch.autograd.grad(loss_of(of_real, .9) + loss_of(of_fake, 0.), of_judge,
                                        retain_graph=joint)
        loss = torch.zeros(())
        if joint:
            loss = loss_of(of_fake, 1.)
            follow(generator_steps, of_generator, torch.autograd.grad(loss, of_generator))
        follow(judge_steps, of_judge, gradients)
        return loss.detach()

    x = torch.from_numpy(rows / rows.max(1, keepdims=True))
    passes = [(plain, True), (energy_shift, True), (shot_noise, True), (plain, False)]
    seconds, losses = [], []
    for _ in range(options.epochs):
        start = clock()
        for transformation, joint in passes:
            order = torch.randperm(len(x))
            for some in order.split(BATCH):
                loss = step(x[some], transformation, joint)
                if joint:
                    losses.append(loss)
        seconds.append(clock() - start)
    return seconds[1:-1], float(torch.stack(losses).mean())


os.environ.setdefault("OMP_NUM_THREADS", str(options.threads))
times, quality = train() if options.task == "train" else frechet()
print(json.dumps({"seconds": times, "quality": quality}))
