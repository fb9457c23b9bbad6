"""PyTorch's side of the bench: `peer.py THREADS` reads {"step", "calls"} and answers {"ms"}, a line each.

The models have the sizes and the mathematics of models/*.ts; written the way PyTorch users write them.
"""

import json
import sys
import time

try:
    import torch
    import torch.nn as nn
    import torch.nn.functional as F
except ImportError:
    print(json.dumps({"ready": False, "what": "torch is not installed"}), flush=True)
    sys.exit(0)

torch.manual_seed(0)
torch.set_num_threads(int(sys.argv[1]))

LEARNING_RATE = 1e-3


def adam_step(model, loss):
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)

    def step():
        optimiser.zero_grad()
        value = loss()
        value.backward()
        optimiser.step()
        return value.item()

    return step


def policy(actions):
    batch, size = 100, 64
    network = nn.Sequential(nn.Linear(size, 64), nn.ReLU(), nn.Linear(64, actions))
    states = torch.rand(batch, size) * 2 - 1
    chosen = torch.randint(0, actions, (batch,))
    advantages = torch.rand(batch) * 2 - 1

    def loss():
        losses = F.cross_entropy(network(states), chosen, reduction="none")
        return (losses * advantages).mean()

    return adam_step(network, loss)


class DeepFM(nn.Module):
    def __init__(self, fields=10, size=16, rows=20_000):
        super().__init__()
        self.embeddings = nn.Embedding(rows, size)
        self.linear = nn.Embedding(rows, 1)
        self.deep = nn.Sequential(
            nn.Linear(fields * size, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 1)
        )

    def forward(self, codes):
        embedded = self.embeddings(codes)
        first_order = self.linear(codes).sum(1)
        of_sum = embedded.sum(1).square()
        sum_of = embedded.square().sum(1)
        second_order = 0.5 * (of_sum - sum_of).sum(1, keepdim=True)
        return self.deep(embedded.flatten(1)) + first_order + second_order


def deepfm():
    model = DeepFM()
    codes = torch.randint(0, 20_000, (2048, 10))
    targets = torch.rand(2048, 1)
    return adam_step(model, lambda: F.mse_loss(model(codes), targets))


BATCH, TIME, WIDTH, ITEMS = 256, 10, 64, 26_702


class SASRec(nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = nn.Parameter(torch.randn(TIME, WIDTH) * 0.01)
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.inner, self.outer = (nn.Linear(WIDTH, WIDTH) for _ in range(2))
        self.norms = nn.ModuleList([nn.LayerNorm(WIDTH, eps=1e-8) for _ in range(3)])

    def forward(self, vectors):
        x = vectors + self.positions
        query = self.norms[0](x)
        attended = F.scaled_dot_product_attention(
            self.query(query).unsqueeze(1),
            self.key(x).unsqueeze(1),
            self.value(x).unsqueeze(1),
            is_causal=True,
        ).squeeze(1)
        inner = self.norms[1](attended + query)
        output = self.outer(torch.relu(self.inner(inner))) + inner
        return self.norms[2](output[:, -1])


class GRU(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(WIDTH, WIDTH, batch_first=True)

    def forward(self, vectors):
        return self.gru(vectors)[0][:, -1]


class NextItNet(nn.Module):
    def __init__(self, dilations=(1, 2, 1, 2, 1, 2)):
        super().__init__()
        self.reach = [(d, 2 * d) for d in dilations]
        self.convolutions = nn.ModuleList(
            nn.Conv1d(WIDTH, WIDTH, 3, dilation=d) for pair in self.reach for d in pair
        )
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH, eps=1e-8) for _ in self.convolutions)

    def forward(self, vectors):
        x = vectors.transpose(1, 2).contiguous()
        for block, pair in enumerate(self.reach):
            residual = x
            for layer, dilation in enumerate(pair):
                index = 2 * block + layer
                maps = self.convolutions[index](F.pad(residual, (2 * dilation, 0)))
                residual = torch.relu(self.norms[index](maps.transpose(1, 2))).transpose(1, 2)
            x = x + residual
        return x[:, :, -1]


class Caser(nn.Module):
    def __init__(self):
        super().__init__()
        self.horizontal = nn.ModuleList(nn.Conv2d(1, 16, (h, WIDTH)) for h in (2, 3, 4))
        self.vertical = nn.Conv2d(1, 1, (TIME, 1))
        self.reduce = nn.Linear(48 + WIDTH, WIDTH)

    def forward(self, vectors):
        image = vectors.unsqueeze(1)
        parts = [torch.relu(layer(image)).squeeze(3).amax(2) for layer in self.horizontal]
        parts.append(torch.relu(self.vertical(image)).reshape(-1, WIDTH))
        return torch.relu(self.reduce(torch.cat(parts, 1)))


class NextItem(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.items = nn.Embedding(ITEMS + 1, WIDTH)
        self.body = body
        self.head = nn.Linear(WIDTH, ITEMS)

    def forward(self, histories):
        return self.head(self.body(self.items(histories)))


def sequence(body):
    model = NextItem(body())
    histories = torch.randint(0, ITEMS, (BATCH, TIME))
    following = torch.randint(0, ITEMS, (BATCH,))
    return adam_step(model, lambda: F.cross_entropy(model(histories), following))


STEPS = {
    "small-policy": lambda: policy(100),
    "large-policy": lambda: policy(10_000),
    "deepfm": deepfm,
    "sasrec": lambda: sequence(SASRec),
    "gru": lambda: sequence(GRU),
    "nextitnet": lambda: sequence(NextItNet),
    "caser": lambda: sequence(Caser),
}


def timed(step, calls):
    durations = []
    for _ in range(calls):
        start = time.perf_counter()
        step()
        durations.append((time.perf_counter() - start) * 1000)
    return durations


def main():
    print(json.dumps({"ready": True, "what": f"PyTorch {torch.__version__}"}), flush=True)
    name, step = None, None
    for line in sys.stdin:
        request = json.loads(line)
        if request["step"] != name:
            step = None
            name, step = request["step"], STEPS[request["step"]]()
        print(json.dumps({"ms": timed(step, request["calls"])}), flush=True)


main()
