"""Writes small JPEG files, and as PNG what Pillow reads from them. Run with Pillow: python make_golden.py"""
from pathlib import Path

from PIL import Image, ImageDraw

HERE = Path(__file__).parent


def picture(width, height):
    image = Image.new("RGB", (width, height), (250, 240, 200))
    draw = ImageDraw.Draw(image)
    draw.ellipse((3, 2, width - 9, height - 5), fill=(200, 30, 40))
    draw.rectangle((width // 2, height // 3, width - 3, height - 2), fill=(20, 60, 180))
    draw.line((0, height - 1, width - 1, 0), fill=(0, 120, 40), width=2)
    return image


def write(name, image, **options):
    path = HERE / f"{name}.jpg"
    image.save(path, quality=85, **options)
    if image.mode != "CMYK":
        Image.open(path).convert("RGB").save(HERE / f"{name}.png", optimize=True)


whole = picture(45, 30)  # no multiple of a block's 8 or 16 pixels
write("baseline", whole, subsampling=2)
write("full_colour", whole, subsampling=0)
write("progressive", whole, subsampling=2, progressive=True)
write("restarts", whole, subsampling=1, restart_marker_blocks=2)
write("grey", whole.convert("L"))
write("grey_progressive", whole.convert("L"), progressive=True)
write("four_colours", whole.convert("CMYK"))
