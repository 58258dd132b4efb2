"""Writes random.gguf (tensors of every supported type, key-values of every type) and random.safetensors
(their values as fp32, by the gguf package's own dequantisation). Needs: numpy, gguf, safetensors."""
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType as Q
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize
from safetensors.numpy import save_file

HERE = Path(__file__).parent
rng = np.random.default_rng(7)


# Where the halves of a block lie; 0 where not said.
SCALES = {Q.Q4_1: (0, 2), Q.Q5_1: (0, 2), Q.Q4_K: (0, 2), Q.Q5_K: (0, 2), Q.Q6_K: (208,)}


def random_blocks(kind, rows, columns):
    """Random bytes, with scales that are finite halves."""
    block, size = GGML_QUANT_SIZES[kind]
    raw = rng.integers(0, 256, (rows, columns // block, size), dtype=np.uint8)
    for at in SCALES.get(kind, (0,)):
        scale = (rng.standard_normal(raw.shape[:2]) * 10.0 ** rng.integers(-6, 3, raw.shape[:2]))
        raw[..., at:at + 2] = scale.astype(np.float16)[..., None].view(np.uint8)
    return raw.reshape(rows, -1)


writer = GGUFWriter(HERE / "random.gguf", "golden")
for key, kind, value in [
        ("u8", GGUFValueType.UINT8, 200), ("i8", GGUFValueType.INT8, -100),
        ("u16", GGUFValueType.UINT16, 60000), ("i16", GGUFValueType.INT16, -30000),
        ("u32", GGUFValueType.UINT32, 4000000000), ("i32", GGUFValueType.INT32, -2000000000),
        ("u64", GGUFValueType.UINT64, 2**63 - 1), ("i64", GGUFValueType.INT64, -2**63),
        ("f32", GGUFValueType.FLOAT32, 0.1), ("f64", GGUFValueType.FLOAT64, 0.1),
        ("bool", GGUFValueType.BOOL, True), ("string", GGUFValueType.STRING, "gr\u00fcn")]:
    writer.add_key_value("kv." + key, value, kind)
writer.add_array("kv.strings", ["a", "", "\u65e5"])
writer.add_array("kv.integers", [1, -2, 3])
writer.add_array("kv.floats", [0.5, -1.25])

plain = rng.standard_normal((3, 5)).astype(np.float32)
writer.add_tensor("plain.f32", plain)
writer.add_tensor("plain.f16", plain.astype(np.float16))
writer.add_tensor("plain.bf16", (plain.view(np.uint32) >> 16).astype(np.uint16).view(np.uint8)
                  .reshape(3, 10), raw_dtype=Q.BF16)
writer.add_tensor("plain.i32", rng.integers(-2**31, 2**31, (2, 3), dtype=np.int32))
writer.add_tensor("plain.i64", rng.integers(-2**62, 2**62, (4,), dtype=np.int64))
for kind in (Q.Q8_0, Q.Q4_0, Q.Q4_1):
    writer.add_tensor("blocks." + kind.name.lower(), random_blocks(kind, 6, 96), raw_dtype=kind)
for kind in (Q.Q5_0, Q.Q5_1):
    writer.add_tensor("blocks." + kind.name.lower(), random_blocks(kind, 6, 96), raw_dtype=kind)
for kind in (Q.Q4_K, Q.Q5_K, Q.Q6_K):
    writer.add_tensor("blocks." + kind.name.lower(), random_blocks(kind, 3, 512), raw_dtype=kind)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()

values = {}
for tensor in GGUFReader(HERE / "random.gguf").tensors:
    if tensor.tensor_type in (Q.I32, Q.I64):
        decoded = np.asarray(tensor.data).astype(np.float32)
    else:
        decoded = dequantize(tensor.data, tensor.tensor_type)
    shape = tuple(int(n) for n in reversed(tensor.shape))
    values[tensor.name] = np.ascontiguousarray(decoded, dtype=np.float32).reshape(shape)
save_file(values, HERE / "random.safetensors", metadata={"made_by": "make_golden.py"})
