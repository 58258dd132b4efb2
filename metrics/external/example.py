#!/usr/bin/env python3
"""A metric of one's own and a system of one's own, as small as they get (the standard library alone).

  example.py score FOLDER          a line of JSON for each picture of FOLDER/captions.jsonl: its colourfulness
  example.py forget FOLDER CORNER  paints a quarter of each picture black, in place: a system that forgets a corner (0-3)

Colourfulness is that of Hasler and Suesstrunk (2003). Reads and writes PNG of 8 bits a channel, not interlaced.
"""
import json
import pathlib
import statistics
import struct
import sys
import zlib


def paeth(left, above, corner):
    return min((left, above, corner), key=lambda value: abs(left + above - corner - value))


def read_png(path):
    """Rows of bytes, and the channels of a pixel."""
    data, place, packed = path.read_bytes(), 8, b""
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place:place + 8])
        body, place = data[place + 8:place + 8 + length], place + 12 + length
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
    channels = {2: 3, 6: 4}.get(colour)
    if depth != 8 or channels is None or interlaced:
        sys.exit(f"{path}: not a PNG of 8 bits a channel in colour")
    raw, rows, above = zlib.decompress(packed), [], bytearray(width * channels)
    for y in range(height):
        begin = y * (width * channels + 1)
        row = bytearray(raw[begin + 1:begin + 1 + width * channels])
        for x in range(len(row)):
            left = row[x - channels] if x >= channels else 0
            corner = above[x - channels] if x >= channels else 0
            row[x] = (row[x] + (0, left, above[x], (left + above[x]) // 2, paeth(left, above[x], corner))[raw[begin]]) % 256
        rows.append(row)
        above = row
    return rows, channels


def write_png(path, rows, channels):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", len(rows[0]) // channels, len(rows), 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) +
                     chunk(b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows))) + chunk(b"IEND", b""))


def colourfulness(rows, channels):
    red, green, blue = ([value for row in rows for value in row[c::channels]] for c in range(3))
    one = [r - g for r, g in zip(red, green)]
    two = [(r + g) / 2 - b for r, g, b in zip(red, green, blue)]
    spread = (statistics.pvariance(one) + statistics.pvariance(two)) ** .5
    return spread + .3 * (statistics.fmean(one) ** 2 + statistics.fmean(two) ** 2) ** .5


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("score", "forget"):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[2])
    for line in (folder / "captions.jsonl").read_text().splitlines():
        entry = json.loads(line)
        rows, channels = read_png(folder / entry["image"])
        if sys.argv[1] == "score":
            print(json.dumps({"id": entry.get("id", entry.get("index")), "score": colourfulness(rows, channels)}))
            continue
        bottom, right = divmod(int(sys.argv[3]), 2)
        height, width = len(rows) // 2, len(rows[0]) // 2
        for row in rows[bottom * height:(bottom + 1) * height]:
            row[right * width:(right + 1) * width] = bytes(width)
        write_png(folder / entry["image"], rows, channels)


if __name__ == "__main__":
    main()
