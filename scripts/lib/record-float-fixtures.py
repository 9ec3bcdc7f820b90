# SPDX-License-Identifier: Apache-2.0
"""Records what the reference implementation computes: record-float-fixtures.py TARGET TINY_DECODER MINILM.

TARGET gets one folder for each family: a tiny model with random weights of a fixed seed as Hugging Face has it,
`expected.json` with its answers by `transformers` in float32, and `training.json` with losses, gradients and some steps
of AdamW. Of the two models that are elsewhere only the answers are written. Numbers are decimal strings of float32, so
that nothing is lost; of gradients and weights only their length and one direction are written.
"""

import json
import pathlib
import shutil
import sys

import numpy
import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import AutoModel, AutoModelForCausalLM

torch.set_num_threads(1)

VOCABULARY = 320
SIZES = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    max_position_embeddings=160,
    tie_word_embeddings=False,
    bos_token_id=256,
    eos_token_id=257,
    pad_token_id=None,
)
GROUPED = dict(num_attention_heads=4, num_key_value_heads=2)
LLAMA3 = dict(
    rope_type="llama3",
    rope_theta=10_000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=40,
)

DECODERS = {
    "llama": (transformers.LlamaConfig, transformers.LlamaForCausalLM, dict(GROUPED)),
    # Every query has its own key, the output is the embedding, and positions are scaled as Llama 3.1 does it.
    "llama-scaled": (
        transformers.LlamaConfig,
        transformers.LlamaForCausalLM,
        dict(
            num_attention_heads=4,
            num_key_value_heads=4,
            rope_parameters=LLAMA3,
            tie_word_embeddings=True,
            attention_bias=True,
            mlp_bias=True,
        ),
    ),
    # Heads are wider than hidden size by heads.
    "mistral": (
        transformers.MistralConfig,
        transformers.MistralForCausalLM,
        dict(GROUPED, head_dim=12, sliding_window=None),
    ),
    "qwen2": (
        transformers.Qwen2Config,
        transformers.Qwen2ForCausalLM,
        dict(
            GROUPED,
            tie_word_embeddings=True,
            rope_parameters=dict(rope_type="default", rope_theta=1_000_000.0),
        ),
    ),
    "qwen3": (
        transformers.Qwen3Config,
        transformers.Qwen3ForCausalLM,
        dict(GROUPED, head_dim=10, rope_parameters=dict(rope_type="linear", rope_theta=10_000.0, factor=2.0)),
    ),
}

# Text with characters of one to four bytes.
TEXTS = [
    "a",
    "The quick brown fox jumps over the lazy dog.",
    "Größe, naïve café: 漢字 and 🙂!",
    "One sentence is short. Another one is a good deal longer than the first, and it has a comma, too.",
]
ANSWER = 24


def randomise(model: torch.nn.Module, seed: int) -> None:
    """Weights that make every part count: gains that are not 1, biases that are not 0, logits that differ."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if name.endswith("norm.weight") or "LayerNorm.weight" in name:
                weight.copy_(1.0 + 0.2 * noise)
            elif name.endswith("bias"):
                weight.copy_(0.1 * noise)
            elif "embed" in name:
                weight.copy_(noise)
            else:
                weight.copy_(noise * (2.0 / weight.shape[-1]) ** 0.5)


def byte_tokenizer(path: pathlib.Path) -> Tokenizer:
    """Bytes, a few merges, and two special tokens that stand around nothing."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {byte: number for number, byte in enumerate(alphabet)}
    vocabulary |= {"<s>": 256, "</s>": 257}
    merges = []
    pairs = ["th", "he", "in", "er", "an", "re", "on", "en", "at", "or", "Ġt", "Ġa", "Ġo", "Ġs", "Ġc", "Ġi"]
    pairs += ["is", "it", "es", "ed", "st", "nd", "to", "ou", "ng", "al", "Ġb", "Ġw", "Ġm", "Ġf", "Ġp", "Ġd"]
    pairs += ["le", "as", "ar", "te", "ha", "se", "hi", "ve", "me", "ll", "om", "ro", "ne", "co", "de", "ea"]
    for pair in pairs:
        vocabulary[pair] = len(vocabulary)
        merges.append((pair[0], pair[1]))
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<s>", "</s>"])
    tokenizer.save(str(path))
    return tokenizer


def word_tokenizer(path: pathlib.Path) -> Tokenizer:
    """Word pieces between [CLS] and [SEP], as BERT has them."""
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    letters = [chr(number) for number in range(33, 127) if not chr(number).isupper()]
    names += letters + ["##" + letter for letter in letters]
    names += ["the", "quick", "brown", "fox", "jump", "##s", "over", "lazy", "dog", "one", "sentence", "is", "short"]
    names = list(dict.fromkeys(names))[:VOCABULARY]
    tokenizer = Tokenizer(models.WordPiece(vocab={name: n for n, name in enumerate(names)}, unk_token="[UNK]"))
    from tokenizers import normalizers

    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(path))
    return tokenizer


def numbers(tensor: torch.Tensor) -> list[str]:
    return [numpy.format_float_positional(value, unique=True) for value in tensor.detach().numpy().reshape(-1)]


def of_decoder(model, tokenizer: Tokenizer, answer: int) -> list[dict]:
    """The logits after the last token of each text, and the likeliest answer."""
    cases = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, -1]
            tokens = list(ids)
            closest = float("inf")
            for _ in range(answer):
                row = model(torch.tensor([tokens])).logits[0, -1]
                first, second = row.topk(2).values
                closest = min(closest, (first - second).item())
                tokens.append(int(row.argmax()))
        # Another order of sums must not change the answer.
        assert closest > 1e-4, (text, closest)
        cases.append(dict(text=text, input=ids, logits=numbers(logits), answer=tokens[len(ids) :]))
    return cases


def of_encoder(model, tokenizer: Tokenizer) -> list[dict]:
    """The mean of the last states, scaled to length 1."""
    cases = []
    for text in TEXTS:
        ids = tokenizer.encode(text).ids
        with torch.no_grad():
            states = model(torch.tensor([ids])).last_hidden_state[0]
        mean = states.mean(dim=0)
        cases.append(dict(text=text, input=ids, embedding=numbers(mean / mean.norm())))
    return cases


def write(folder: pathlib.Path, cases: list[dict]) -> None:
    record = dict(transformers=transformers.__version__, torch=torch.__version__.split("+")[0], cases=cases)
    (folder / "expected.json").write_text(json.dumps(record, ensure_ascii=False, indent=0) + "\n")


def batch(step: int) -> torch.Tensor:
    """Three windows of 16 tokens and the one after them."""
    return torch.tensor([[(37 * row + 11 * t * t + 5 * t + 101 * step) % VOCABULARY for t in range(17)] for row in range(3)])


def loss_of(model, tokens: torch.Tensor) -> torch.Tensor:
    logits = model(tokens[:, :-1]).logits
    return torch.nn.functional.cross_entropy(logits.reshape(-1, VOCABULARY), tokens[:, 1:].reshape(-1))


def seen(tensor: torch.Tensor) -> dict:
    """How long a tensor is, and how long in a direction in which no two of its numbers count the same."""
    flat = tensor.detach().double().reshape(-1)
    along = torch.cos(0.7 * torch.arange(len(flat), dtype=torch.float64))
    return dict(length=flat.norm().item(), along=(flat * along).sum().item())


def of_training(model) -> dict:
    """The gradient of one batch, then steps of AdamW with clipping on others."""
    rates, clip = [0.002 * (step + 1) for step in range(5)], 0.5
    loss = loss_of(model, batch(0))
    loss.backward()
    gradients = {name: seen(weight.grad) for name, weight in model.named_parameters()}
    decayed = {True: [], False: []}
    for name, weight in model.named_parameters():
        decayed[weight.dim() == 2 and "embed_tokens" not in name].append(weight)
    groups = [dict(params=decayed[True], weight_decay=0.1), dict(params=decayed[False], weight_decay=0.0)]
    optimiser = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.95), eps=1e-8)
    steps = []
    for step, rate in enumerate(rates):
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad()
        of_step = loss_of(model, batch(step + 1))
        of_step.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimiser.step()
        steps.append(dict(tokens=batch(step + 1).tolist(), rate=rate, loss=of_step.item(), norm=norm.item()))
    weights = {name: seen(weight) for name, weight in model.named_parameters()}
    return dict(
        tokens=batch(0).tolist(), loss=loss.item(), gradients=gradients, clip=clip, decay=0.1, steps=steps, weights=weights
    )


class Scaled(torch.nn.Module):
    """A model of no known architecture."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(3, 2)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = torch.tanh(self.linear(x))
        return y, y.argmax(dim=-1)


def main() -> None:
    target, tiny_decoder, minilm = (pathlib.Path(argument) for argument in sys.argv[1:4])
    for seed, (name, (config_of, model_of, more)) in enumerate(DECODERS.items()):
        folder = target / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        model = model_of(config_of(**(SIZES | more))).eval()
        randomise(model, seed)
        model.save_pretrained(folder)
        tokenizer = byte_tokenizer(folder / "tokenizer.json")
        write(folder, of_decoder(model, tokenizer, ANSWER))
        (folder / "training.json").write_text(json.dumps(of_training(model.train()), indent=0) + "\n")

    folder = target / "bert"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tokenizer = word_tokenizer(folder / "tokenizer.json")
    sizes = {key: value for key, value in SIZES.items() if not key.startswith(("tie", "bos", "eos", "pad"))}
    sizes["vocab_size"] = tokenizer.get_vocab_size()
    model = transformers.BertModel(transformers.BertConfig(**sizes, num_attention_heads=4)).eval()
    randomise(model, 100)
    model.save_pretrained(folder)
    write(folder, of_encoder(model, tokenizer))

    folder = target / "tiny-decoder"
    folder.mkdir(exist_ok=True)
    model = AutoModelForCausalLM.from_pretrained(tiny_decoder, dtype=torch.float32).eval()
    write(folder, of_decoder(model, Tokenizer.from_file(str(tiny_decoder / "tokenizer.json")), ANSWER))

    folder = target / "minilm"
    folder.mkdir(exist_ok=True)
    tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    write(folder, of_encoder(AutoModel.from_pretrained(minilm, dtype=torch.float32).eval(), tokenizer))

    torch.manual_seed(0)
    scripted = torch.jit.trace(Scaled().eval(), torch.ones(1, 3))
    scripted.save(target / "scaled.pt")
    outputs = scripted(torch.tensor([[0.5, -1.0, 2.0], [0.0, 0.0, 0.0]]))
    record = dict(values=numbers(outputs[0]), largest=outputs[1].tolist())
    (target / "scaled.json").write_text(json.dumps(record, indent=0) + "\n")


if __name__ == "__main__":
    main()
