#!/usr/bin/env python3
"""A GGUF file with every matrix in bf16, for llama.cpp's side of compare_encoders.py.

  gguf_in_bf16.py IN.gguf OUT.gguf      gguf 0.17 or later
"""
import sys

import gguf
import numpy as np

source = gguf.GGUFReader(sys.argv[1])
architecture = source.get_field(gguf.Keys.General.ARCHITECTURE).contents()
writer = gguf.GGUFWriter(sys.argv[2], architecture)
for field in source.fields.values():
    if field.name.startswith("GGUF.") or field.name in (gguf.Keys.General.ARCHITECTURE, gguf.Keys.General.FILE_TYPE):
        continue
    kind = field.types[0]
    writer.add_key_value(field.name, field.contents(), kind, field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None)
writer.add_file_type(gguf.LlamaFileType.MOSTLY_BF16)
bf16 = gguf.GGMLQuantizationType.BF16
for tensor in source.tensors:
    values = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
    if values.ndim > 1:
        writer.add_tensor(tensor.name, gguf.quants.quantize(values, bf16), raw_dtype=bf16)
    else:
        writer.add_tensor(tensor.name, values)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
