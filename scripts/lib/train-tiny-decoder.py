# SPDX-License-Identifier: Apache-2.0
"""Trains the small decoder of the quality measurements: train-tiny-decoder.py TEXTS TARGET [STEPS].

TEXTS holds train.jsonl and validation.jsonl, as `quality text` prints them. TARGET becomes a folder as Hugging Face's
LlamaForCausalLM has it, with a slice of the validation tokens beside the model.
"""

import json
import math
import pathlib
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
import optax
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "attention_bias": False,
    "bos_token_id": 0,
    "eos_token_id": 1,
    "head_dim": 64,
    "hidden_act": "silu",
    "hidden_size": 192,
    "intermediate_size": 512,
    "max_position_embeddings": 512,
    "mlp_bias": False,
    "model_type": "llama",
    "num_attention_heads": 3,
    "num_hidden_layers": 4,
    "num_key_value_heads": 1,
    "rms_norm_eps": 1e-05,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
    "torch_dtype": "float16",
    "vocab_size": 1024,
}
BEGIN, END = "<s>", "</s>"
WINDOW = 256
BATCH = 8
STEPS = 3000
WARM_UP = 100
PEAK_RATE = 3e-3
SEED = 1
# 64 windows of 257 tokens: 32 KiB to commit, and enough for differences of 0.1% in perplexity.
SLICE_WINDOWS = 64


def read_documents(path: pathlib.Path) -> list[str]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


def train_tokenizer(documents: list[str]) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=CONFIG["vocab_size"],
        special_tokens=[BEGIN, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(documents, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{BEGIN} $A", special_tokens=[(BEGIN, 0)])
    return tokenizer


def token_stream(tokenizer: Tokenizer, documents: list[str]) -> np.ndarray:
    """All documents after each other, each between its special tokens."""
    encoded = tokenizer.encode_batch(documents)
    return np.concatenate([np.array(e.ids + [CONFIG["eos_token_id"]], np.uint16) for e in encoded])


def windows(stream: np.ndarray, count: int) -> np.ndarray:
    """Windows that are spread evenly over the stream, with the token after each."""
    starts = [i * (len(stream) - WINDOW - 1) // (count - 1) for i in range(count)]
    return np.stack([stream[start : start + WINDOW + 1] for start in starts]).astype(np.int32)


def initial_weights(rng: np.random.Generator) -> dict[str, jax.Array]:
    """By the names that they have in the file. Matrices are (out, in)."""
    hidden, inner, layers = CONFIG["hidden_size"], CONFIG["intermediate_size"], CONFIG["num_hidden_layers"]
    queries = CONFIG["num_attention_heads"] * CONFIG["head_dim"]
    keys = CONFIG["num_key_value_heads"] * CONFIG["head_dim"]

    def matrix(out: int, inputs: int, scale: float = 1.0) -> jax.Array:
        return jnp.asarray(rng.normal(0, scale * inputs**-0.5, (out, inputs)), jnp.float32)

    # What is added to the residual starts small, so that its size does not grow with the layers.
    residual = (2 * layers) ** -0.5
    weights = {
        "model.embed_tokens.weight": jnp.asarray(rng.normal(0, 0.5, (CONFIG["vocab_size"], hidden)), jnp.float32),
        "model.norm.weight": jnp.ones(hidden),
        "lm_head.weight": matrix(CONFIG["vocab_size"], hidden, 0.5),
    }
    for layer in range(layers):
        weights |= {
            f"model.layers.{layer}.{name}.weight": value
            for name, value in {
                "input_layernorm": jnp.ones(hidden),
                "self_attn.q_proj": matrix(queries, hidden),
                "self_attn.k_proj": matrix(keys, hidden),
                "self_attn.v_proj": matrix(keys, hidden),
                "self_attn.o_proj": matrix(hidden, queries, residual),
                "post_attention_layernorm": jnp.ones(hidden),
                "mlp.gate_proj": matrix(inner, hidden),
                "mlp.up_proj": matrix(inner, hidden),
                "mlp.down_proj": matrix(hidden, inner, residual),
            }.items()
        }
    return weights


def rms_norm(x: jax.Array, gain: jax.Array) -> jax.Array:
    return x * jax.lax.rsqrt(jnp.mean(x * x, -1, keepdims=True) + CONFIG["rms_norm_eps"]) * gain


def rotate(x: jax.Array) -> jax.Array:
    """Rotary positions of (batch, token, head, dimension): each dimension of the first half with one of the second."""
    half = x.shape[-1] // 2
    angles = np.outer(np.arange(x.shape[1]), CONFIG["rope_theta"] ** (-np.arange(half) / half))
    cos, sin = (jnp.asarray(f(angles), jnp.float32)[None, :, None, :] for f in (np.cos, np.sin))
    first, second = x[..., :half], x[..., half:]
    return jnp.concatenate([first * cos - second * sin, second * cos + first * sin], -1)


def logits(weights: dict[str, jax.Array], tokens: jax.Array) -> jax.Array:
    batch, length = tokens.shape
    heads, groups, size = (CONFIG[key] for key in ("num_attention_heads", "num_key_value_heads", "head_dim"))
    later = jnp.triu(jnp.ones((length, length), bool), 1)
    x = weights["model.embed_tokens.weight"][tokens]
    for layer in range(CONFIG["num_hidden_layers"]):

        def linear(x: jax.Array, name: str, layer: int = layer) -> jax.Array:
            return x @ weights[f"model.layers.{layer}.{name}.weight"].T

        h = rms_norm(x, weights[f"model.layers.{layer}.input_layernorm.weight"])
        query = rotate(linear(h, "self_attn.q_proj").reshape(batch, length, heads, size))
        key = rotate(linear(h, "self_attn.k_proj").reshape(batch, length, groups, size))
        value = linear(h, "self_attn.v_proj").reshape(batch, length, groups, size)
        key, value = (jnp.repeat(t, heads // groups, 2) for t in (key, value))
        scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) / size**0.5
        share = jax.nn.softmax(jnp.where(later, -jnp.inf, scores), -1)
        mixed = jnp.einsum("bhqk,bkhd->bqhd", share, value).reshape(batch, length, heads * size)
        x = x + linear(mixed, "self_attn.o_proj")
        h = rms_norm(x, weights[f"model.layers.{layer}.post_attention_layernorm.weight"])
        x = x + linear(jax.nn.silu(linear(h, "mlp.gate_proj")) * linear(h, "mlp.up_proj"), "mlp.down_proj")
    return rms_norm(x, weights["model.norm.weight"]) @ weights["lm_head.weight"].T


def mean_loss(weights: dict[str, jax.Array], batch: jax.Array) -> jax.Array:
    losses = optax.softmax_cross_entropy_with_integer_labels(logits(weights, batch[:, :-1]), batch[:, 1:])
    return losses.mean()


def train(stream: np.ndarray, steps: int) -> dict[str, jax.Array]:
    rng = np.random.default_rng(SEED)
    weights = initial_weights(rng)
    print("parameters:", sum(w.size for w in weights.values()), flush=True)
    rate = optax.warmup_cosine_decay_schedule(0.0, PEAK_RATE, min(WARM_UP, steps // 2), steps, PEAK_RATE / 50)
    # Gains and the embedding are not decayed: no product follows that would make their size meaningless.
    decayed = {name: w.ndim == 2 and "embed_tokens" not in name for name, w in weights.items()}
    optimiser = optax.chain(
        optax.clip_by_global_norm(1.0), optax.adamw(rate, b1=0.9, b2=0.95, weight_decay=0.1, mask=decayed)
    )
    state = optimiser.init(weights)

    @jax.jit
    def step(weights, state, batch):
        loss, gradient = jax.value_and_grad(mean_loss)(weights, batch)
        updates, state = optimiser.update(gradient, state, weights)
        return optax.apply_updates(weights, updates), state, loss

    started, losses = time.time(), []
    for i in range(1, steps + 1):
        starts = rng.integers(0, len(stream) - WINDOW - 1, BATCH)
        batch = np.stack([stream[s : s + WINDOW + 1] for s in starts]).astype(np.int32)
        weights, state, loss = step(weights, state, batch)
        losses.append(float(loss))
        if i % 100 == 0 or i == steps:
            print(f"step {i}/{steps}: loss {np.mean(losses[-100:]):.4f}, {time.time() - started:.0f} s", flush=True)
    return weights


def perplexity(weights: dict[str, jax.Array], batch: np.ndarray) -> float:
    loss = jax.jit(mean_loss)
    # Every batch is of the same size, so the mean of means is the mean.
    return math.exp(np.mean([float(loss(weights, batch[i : i + 8])) for i in range(0, len(batch), 8)]))


def main() -> None:
    texts, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    steps = int(sys.argv[3]) if len(sys.argv) > 3 else STEPS
    target.mkdir(parents=True, exist_ok=True)
    train_documents, held_out = (read_documents(texts / f"{split}.jsonl") for split in ("train", "validation"))
    tokenizer = train_tokenizer(train_documents)
    tokenizer.save(str(target / "tokenizer.json"))
    train_stream, held_out_stream = (token_stream(tokenizer, documents) for documents in (train_documents, held_out))
    print(f"tokens: {len(train_stream)} to train on, {len(held_out_stream)} held out", flush=True)
    held_out_slice = windows(held_out_stream, SLICE_WINDOWS)
    held_out_slice.astype("<u2").tofile(target / "validation-slice.bin")
    (target / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")

    weights = train(train_stream, steps)
    rounded = {name: np.asarray(w).astype(np.float16) for name, w in weights.items()}
    save_file(rounded, target / "model.safetensors", metadata={"format": "pt"})

    full = len(held_out_stream) // WINDOW // 8 * 8
    as_stored = {name: jnp.asarray(w, jnp.float32) for name, w in rounded.items()}
    report = {
        "steps": steps,
        "train_tokens": len(train_stream),
        "validation_tokens": len(held_out_stream),
        "train_perplexity": perplexity(as_stored, windows(train_stream, 256)),
        "validation_perplexity": perplexity(as_stored, windows(held_out_stream, full)),
        "slice_perplexity": perplexity(as_stored, held_out_slice),
    }
    (target / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
