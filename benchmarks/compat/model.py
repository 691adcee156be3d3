"""Writes a language model of random weights, for a real server to load: what it says is noise of the right shape.

Used by `run.py`, in an environment that has `gguf` and `numpy`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import gguf
import numpy as np

WIDTH, HEADS, LAYERS, INNER = 32, 1, 1, 64
CONTEXT = 131_072
"""Tokens, nearly one a byte: room for a long PRD. So little width is what makes that many affordable."""
SEED = 20_260_101
STEADY = 6.0
"""What stands in the first column of every embedding. No layer writes there, so the output can read biases from it."""
TEXTURE = 0.15
"""How much the rest moves a logit. Less than the biases: the noise chooses letters, not how long an answer is."""
CHAT = "{% for message in messages %}[{{ message.role }}]\n{{ message.content }}\n{% endfor %}[assistant]\n"
NEVER = -30.0
BIASES = {'"': 1.6, "{": 1.4, "]": 0.4, ",": 0.1, "}": -2.2}
"""How much likelier than a letter, as natural logarithms: strings end after some letters, lists after an item or two,
objects have nearly all of their fields. The order makes an answer end even where the likeliest is always taken."""
EOS = 2


def vocabulary() -> tuple[list[str], list[gguf.TokenType], list[float]]:
    """Pieces, their types and biases: three marks, the bytes, and the space under the name that it has there."""
    bytes_ = [f"<0x{byte:02X}>" for byte in range(256)]
    printable = [0.0 if 0x20 < byte < 0x7F else NEVER for byte in range(256)]
    for character, bias in BIASES.items():
        printable[ord(character)] = bias
    pieces = ["<unk>", "<s>", "</s>", *bytes_, "\u2581"]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    kinds += [gguf.TokenType.BYTE] * 256 + [gguf.TokenType.NORMAL]
    return pieces, kinds, [NEVER, NEVER, 1.0, *printable, 0.5]


def tensors(biases: list[float]) -> dict[str, np.ndarray]:
    """The weights by the names that llama.cpp knows."""
    noise = np.random.default_rng(SEED)

    def weights(rows: int, columns: int) -> np.ndarray:
        return noise.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)

    def writing(columns: int) -> np.ndarray:
        made = weights(WIDTH, columns)
        made[0] = 0
        return made

    ones = np.ones(WIDTH, dtype=np.float32)
    embedding = noise.normal(0, 1, (len(biases), WIDTH)).astype(np.float32)
    embedding[:, 0] = STEADY
    output = weights(len(biases), WIDTH) * TEXTURE
    # The norm before the output divides by the root mean square, so this is about what the first column comes out as.
    output[:, 0] = np.array(biases) / (STEADY / np.sqrt((STEADY**2 + 2 * WIDTH) / WIDTH))
    named = {"token_embd": embedding, "output_norm": ones, "output": output}
    for layer in range(LAYERS):
        block = {
            "attn_norm": ones,
            "attn_q": weights(WIDTH, WIDTH),
            "attn_k": weights(WIDTH, WIDTH),
            "attn_v": weights(WIDTH, WIDTH),
            "attn_output": writing(WIDTH),
            "ffn_norm": ones,
            "ffn_gate": weights(INNER, WIDTH),
            "ffn_up": weights(INNER, WIDTH),
            "ffn_down": writing(INNER),
        }
        named |= {f"blk.{layer}.{name}": values for name, values in block.items()}
    return named


def write(path: Path) -> None:
    """Write the model, the same bytes each time."""
    pieces, kinds, biases = vocabulary()
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny")
    writer.add_vocab_size(len(pieces))
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_tokenizer_model("llama")
    writer.add_token_list(pieces)
    writer.add_token_scores([0.0] * len(pieces))
    writer.add_token_types(kinds)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(EOS)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT)
    for name, values in tensors(biases).items():
        writer.add_tensor(f"{name}.weight", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]))
