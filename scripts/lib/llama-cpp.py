#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The exact class beside llama.cpp: the same random Llama, the same threads, in turns.

usage: llama-cpp.py WORKER MODEL THREADS TURNS

WORKER is atelier-worker, MODEL a folder with a Llama in one safetensors file. llama.cpp computes it in F32, F16 and Q8_0,
which are written here. What is compared: inputs of 128 and of 512 tokens, and answers that grow 1, 8 and 32 at once after
inputs of 128. Times by the clock and of the processors; medians of the turns, quotients within a turn.
"""

import ctypes
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import gguf
import llama_cpp
import numpy
from safetensors.numpy import load_file

INPUT, LONG, ANSWER = 128, 512, 64
BATCHES = (1, 8, 32)
KINDS = ("F32", "F16", "Q8_0")
# Of a layer, by the name that llama.cpp gives it.
LAYER = {
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def interleaved(weight, heads):
    """Rows of a head in the order in which llama.cpp turns them: pairs beside each other, not half a head apart."""
    size = weight.shape[0] // heads
    return weight.reshape(heads, 2, size // 2, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def write(folder, path, kind):
    """Writes the model as llama.cpp reads it, matrices in this kind of numbers."""
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    tensors = load_file(os.path.join(folder, "model.safetensors"))
    kind = gguf.GGMLQuantizationType[kind]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_vocab_size(config["vocab_size"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_head_count_kv(config["num_key_value_heads"])
    writer.add_rope_dimension_count(config["head_dim"])
    writer.add_rope_freq_base(config["rope_theta"])
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    # Tokens come and go as numbers.
    writer.add_tokenizer_model("no_vocab")

    def add(name, numbers):
        if numbers.ndim == 1:
            writer.add_tensor(name, numbers.astype(numpy.float32))
        else:
            writer.add_tensor(name, gguf.quants.quantize(numbers, kind), raw_dtype=kind)

    add("token_embd.weight", tensors.pop("model.embed_tokens.weight"))
    add("output_norm.weight", tensors.pop("model.norm.weight"))
    for layer in range(config["num_hidden_layers"]):
        for to, name in LAYER.items():
            weight = tensors.pop(f"model.layers.{layer}.{name}.weight")
            if to == "attn_q":
                weight = interleaved(weight, config["num_attention_heads"])
            if to == "attn_k":
                weight = interleaved(weight, config["num_key_value_heads"])
            add(f"blk.{layer}.{to}.weight", weight)
    if tensors:
        sys.exit(f"nobody knows what {sorted(tensors)} are")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return config["vocab_size"]


class Llama:
    """A model that llama.cpp computes."""

    def __init__(self, path, threads, vocabulary):
        self.vocabulary = vocabulary
        self.model = llama_cpp.llama_model_load_from_file(path.encode(), llama_cpp.llama_model_default_params())
        if not self.model:
            sys.exit(f"llama.cpp does not read {path}")
        options = llama_cpp.llama_context_default_params()
        # Divided among the sequences.
        options.n_ctx = max(BATCHES) * (LONG + ANSWER + 64)
        options.n_batch = options.n_ubatch = LONG
        options.n_seq_max = max(BATCHES)
        options.n_threads = options.n_threads_batch = threads
        self.context = llama_cpp.llama_init_from_model(self.model, options)
        if not self.context:
            sys.exit("llama.cpp makes no context")
        self.batch = llama_cpp.llama_batch_init(LONG, 0, 1)

    def forget(self):
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self.context), False)

    def decode(self, rows):
        """Takes in rows of (token, position, sequence, whether logits are wanted)."""
        self.batch.n_tokens = len(rows)
        for place, (token, position, sequence, wanted) in enumerate(rows):
            self.batch.token[place] = token
            self.batch.pos[place] = position
            self.batch.n_seq_id[place] = 1
            self.batch.seq_id[place][0] = sequence
            self.batch.logits[place] = wanted
        if llama_cpp.llama_decode(self.context, self.batch) != 0:
            sys.exit("llama.cpp does not decode")

    def choose(self, place):
        """The likeliest token after the one at this place of the last batch."""
        logits = llama_cpp.llama_get_logits_ith(self.context, place)
        return int(numpy.ctypeslib.as_array(logits, shape=(self.vocabulary,)).argmax())

    def read(self, count, sequences):
        """Reads an input in each of some sequences; what comes next in each."""
        rows, chosen = [], []
        for sequence in range(sequences):
            rows += [
                ((sequence * 31 + place * 7) % self.vocabulary, place, sequence, place == count - 1)
                for place in range(count)
            ]
        for start in range(0, len(rows), LONG):
            some = rows[start : start + LONG]
            self.decode(some)
            chosen += [self.choose(place) for place, row in enumerate(some) if row[3]]
        return chosen

    def answer(self, chosen, position, steps):
        """The next tokens of sequences that are as far as this position."""
        answers = [chosen]
        for step in range(steps):
            self.decode([(token, position + step, sequence, True) for sequence, token in enumerate(chosen)])
            chosen = [self.choose(place) for place in range(len(chosen))]
            answers.append(chosen)
        return answers

    def measure(self):
        """Tokens a second."""
        rates = {}

        def timed(name, tokens, work):
            wall, cpu = time.perf_counter(), time.process_time()
            result = work()
            rates[name] = (tokens / (time.perf_counter() - wall), tokens / (time.process_time() - cpu))
            return result

        for count in (INPUT, LONG):
            self.forget()
            timed(f"prefill {count}", count, lambda: self.read(count, 1))
        for batch in BATCHES:
            self.forget()
            chosen = self.read(INPUT, batch)
            timed(f"decode {batch}", ANSWER * batch, lambda: self.answer(chosen, INPUT, ANSWER))
        return rates


def worker(program, folder, threads, *options):
    """What atelier-worker says about the same model."""
    said = subprocess.run(
        [program, "bench", "--model", folder, "--threads", str(threads), "--turns", "1", *options]
        + ["--quiet", "--output", "json"],
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(said.stdout)


def exact_rates(said):
    """Of the exact class, in the same words."""
    exact = said["speed"]["classes"][0]
    both = lambda figures: (figures["wall"]["median"], figures["cpu"]["median"])
    rates = {f"decode {batch['requests']}": both(batch["decode"]) for batch in exact["batches"]}
    rates[f"prefill {INPUT}"] = both(exact["batches"][0]["prefill"])
    first = next(first for first in exact["firstToken"] if first["input"] == LONG and first["when"] == "idle")
    # One thread computes all the time until the first token, so the clock is all that is known.
    rates[f"prefill {LONG}"] = (LONG / first["p50"], None)
    return rates


def main():
    program, folder, threads, turns = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    silent = llama_cpp.llama_log_callback(lambda level, text, data: None)
    llama_cpp.llama_log_set(silent, ctypes.c_void_p(0))
    llama_cpp.llama_backend_init()
    with tempfile.TemporaryDirectory() as work:
        llamas = {}
        for kind in KINDS:
            path = os.path.join(work, kind)
            vocabulary = write(folder, path, kind)
            llamas[kind] = Llama(path, threads, vocabulary)
        print(f"llama-cpp-python {llama_cpp.__version__}: {llama_cpp.llama_print_system_info().decode().strip()}\n")

        # Both must compute the same model.
        sample = worker(program, folder, threads, "--classes", "f32", "--batches", "1", "--firsts", "0")
        sample = sample["answers"]["f32"]
        for kind, llama in llamas.items():
            llama.forget()
            found = [step[0] for step in llama.answer(llama.read(INPUT, 1), INPUT, len(sample) - 1)]
            agrees = "agrees" if found == sample else "differs"
            print(f"greedy answer of {len(sample)} tokens: {kind} {agrees} with our f32", end="\n\n" if kind == KINDS[-1] else "\n")
            if kind == "F32" and found != sample:
                sys.exit("this is not the same model")

        measured = []
        for _ in range(turns):
            turn = {"exact": exact_rates(worker(program, folder, threads, "--classes", "exact", "--firsts", "1"))}
            turn.update({kind: llama.measure() for kind, llama in llamas.items()})
            measured.append(turn)

    def middle(which, of):
        values = [value for value in map(of, measured) if value is not None]
        return format(statistics.median(values), which) if values else "-"

    print(f"{threads} threads, {turns} turns, load {os.getloadavg()[0]:.1f}; tokens a second, in brackets of CPU time; medians\n")
    print("| what | exact | " + " | ".join(f"llama.cpp {kind}" for kind in KINDS) + " | " + " | ".join(f"exact to {kind}" for kind in KINDS) + " |")
    print("| --- " * (2 + 2 * len(KINDS)) + "|")
    for name in [f"prefill {INPUT}", f"prefill {LONG}"] + [f"decode {batch}" for batch in BATCHES]:
        cells = [name]
        for who in ("exact",) + KINDS:
            wall = middle(".0f", lambda turn: turn[who][name][0])
            cpu = middle(".0f", lambda turn: turn[who][name][1])
            cells.append(f"{wall} ({cpu})")
        for kind in KINDS:
            wall = middle(".2f", lambda turn: turn["exact"][name][0] / turn[kind][name][0])
            cpu = middle(".2f", lambda turn: turn["exact"][name][1] and turn["exact"][name][1] / turn[kind][name][1])
            cells.append(f"{wall} ({cpu})")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
