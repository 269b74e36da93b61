#!/usr/bin/env python3
"""Writes payloads with the encoders of Python, and beside them what must be read in them, digit by digit.

    python3 tests/payloads/values/make.py [directory]

Needs cbor2, msgpack, Pillow, zstandard and PyYAML. Writes one `.bin` file for each payload and `cases.json`.
"""

import base64
import datetime
import decimal
import fractions
import gzip
import io
import json
import math
import pathlib
import struct
import sys
import uuid
import xml.etree.ElementTree as ElementTree
import zlib

import cbor2
import msgpack
import yaml
import zstandard
from PIL import Image

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
CASES = []


def case(name, payload, format, **expected):
    """Adds a payload, and what is expected of it when it is read without being told anything, or as `chosen`."""
    (OUT / f"{name}.bin").write_bytes(payload)
    CASES.append({"name": name, "format": format, **expected})


class Shown(str):
    """A value as it is to be shown."""


class Pairs(list):
    """The members of an object in order, with keys as shown; a key may stand twice."""


def words(value):
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"


def plain(digits):
    """1e+16 as 1e16, 1e-07 as 1e-7."""
    mantissa, mark, exponent = digits.partition("e")
    return mantissa + mark + (str(int(exponent)) if mark else "")


def shortest(value, code="d"):
    """The fewest digits that lead back to the float of this size."""
    if not math.isfinite(value):
        return Shown(words(value))
    wanted = struct.pack(">" + code, value)
    value = struct.unpack(">" + code, wanted)[0]
    for digits in range(20):
        text = f"{value:.{digits}e}"
        try:
            if struct.pack(">" + code, float(text)) == wanted:
                return Shown(plain(repr(float(text))))
        except OverflowError:
            continue
    raise AssertionError(value)


def quoted(text):
    return json.dumps(text, ensure_ascii=False)


def shown(value):
    if isinstance(value, Shown):
        return str(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(shortest(value))
    if isinstance(value, bytes):
        return f"h'{value.hex()}'"
    return quoted(value)


def key_shown(key):
    if isinstance(key, (tuple, list)):
        return "[" + ", ".join(key_shown(item) for item in key) + "]"
    return shown(key)


def flat(value, path=""):
    """All values in order with where they stand, as Canopy labels it."""
    if isinstance(value, dict):
        value = Pairs((key if isinstance(key, str) else Shown(key_shown(key)), item) for key, item in value.items())
    if isinstance(value, Pairs):
        yield path, "{}"
        seen = {}
        for key, item in value:
            nth = seen.get(key, 0)
            seen[key] = nth + 1
            label = f"{path}.{key}" if path else str(key)
            yield from flat(item, label + (f"#{nth + 1}" if nth else ""))
    elif isinstance(value, (list, tuple)):
        yield path, "[]"
        for index, item in enumerate(value):
            yield from flat(item, f"{path}[{index}]")
    else:
        yield path, shown(value)


def values(value):
    return list(flat(value))


def packed(value):
    """A value as decoders see it: floats of every size have their own digits, containers stay."""
    if isinstance(value, float):
        for code in "efd":
            try:
                is_exact = math.isnan(value) or struct.unpack(">" + code, struct.pack(">" + code, value))[0] == value
            except OverflowError:
                continue
            if is_exact:
                return shortest(value, code)
    if isinstance(value, dict):
        return {key: packed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(item) for item in value]
    return value


SENSOR = {
    "id": 18446744073709551615,
    "t": 21.4,
    "exact": 127.0,
    "small": 1e-07,
    "large": 1e16,
    "below": -9223372036854775808,
    "on": True,
    "off": False,
    "none": None,
    "name": "Wärmepumpe \"süd\" 😀\n\ttab",
    "list": [0, -1, 23, 24, 255, 256, 65535, 65536, 4294967295, 4294967296],
    "deep": {"a": {"b": [{"c": []}, {}]}},
}


def json_values(text):
    kept = lambda digits: Shown(digits)
    read = json.loads(text, object_pairs_hook=Pairs, parse_int=kept, parse_float=kept)
    return values(read)


def jsons():
    for name, options in {
        "json-plain": {"ensure_ascii": False},
        "json-indented": {"ensure_ascii": False, "indent": 4},
        "json-compact": {"ensure_ascii": False, "separators": (",", ":")},
    }.items():
        text = json.dumps(SENSOR, **options)
        case(name, text.encode(), "Json", values=json_values(text))
    digits = '{"pi":3.14159265358979323846264338327950288,"x":1E400,"y":-0.0,"z":100000000000000000000000001,"x":1.10}'
    case("json-digits", digits.encode(), "Json", values=json_values(digits), noted={"x#2": "duplicate key"})
    case("json-marked", json.dumps(SENSOR).encode("utf-8-sig"), "Json", notices=["byte order mark"])
    lines = [{"n": n, "t": n / 8} for n in range(5)]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    case("json-lines", text.encode(), "Json", values=values(lines), noted={"": "JSON Lines"})


def texts():
    text = "Zustand: an, 21,4 °C, 温度 😀\nzweite Zeile"
    case("text-utf8", text.encode(), "Text", text=text)
    case("text-utf16", text.encode("utf-16"), "Utf16Le", text=text)
    case("text-utf16le", text.encode("utf-16-le"), "Utf16Le", text=text, chosen="Utf16Le")
    case("text-utf16be", text.encode("utf-16-be"), "Utf16Be", text=text, chosen="Utf16Be")
    case("text-utf16-plain", "state: on".encode("utf-16-be"), "Utf16Be", text="state: on")
    latin = "21,4 °C über Null"
    case("text-latin1", latin.encode("latin-1"), "Latin1", text=latin, content_type="text/plain; charset=iso-8859-1")
    case("text-latin1-chosen", latin.encode("latin-1"), "Latin1", text=latin, chosen="Latin1")


def xml_value(element):
    """As Canopy maps elements; only what ElementTree keeps."""
    as_number = lambda text: Shown(text) if text.lstrip("-").replace(".", "").isdigit() and text[0] not in "." else text
    text = element.text or ""
    if not element.attrib and not len(element):
        return as_number(text) if text else text
    members = Pairs(("@" + name, as_number(value)) for name, value in element.attrib.items())
    if text.strip():
        members.append(("#text", as_number(text)))
    for child in element:
        members.append((child.tag, xml_value(child)))
        if (child.tail or "").strip():
            members.append(("#text", as_number(child.tail)))
    return members


def xmls():
    root = ElementTree.Element("plant", {"name": "Süd & Nord <1>", "id": "7"})
    for n, value in enumerate(["21.40", "-3", "on", "a < b & c > d", "\"quoted\" 'text'", "😀", ""]):
        sensor = ElementTree.SubElement(root, "sensor", {"n": str(n)})
        ElementTree.SubElement(sensor, "value").text = value
    mixed = ElementTree.SubElement(root, "mixed")
    mixed.text = "one "
    ElementTree.SubElement(mixed, "b").text = "two"
    mixed[0].tail = " three"
    expected = values(Pairs([("plant", xml_value(root))]))
    for name, encoding in {"utf8": "utf-8", "latin1": "iso-8859-1", "utf16": "utf-16"}.items():
        payload = ElementTree.tostring(root, encoding=encoding, xml_declaration=True)
        case(f"xml-{name}", payload, "Xml", values=expected, chosen="Xml")
    indented = ElementTree.fromstring(ElementTree.tostring(root))
    ElementTree.indent(indented)
    payload = ElementTree.tostring(indented, encoding="us-ascii", xml_declaration=True)
    case("xml-indented", payload, "Xml", values=expected)


def yamls():
    value = {key: item for key, item in SENSOR.items() if key not in ("small", "large")}
    value["bytes"] = b"\x00\xff\x10"
    value["inf"] = math.inf
    value["words"] = ["yes", "null", "1.0", "0x10", "", "~", "- a", "a: b", "# c", "2026-05-04"]
    for name, options in {"block": {}, "flow": {"default_flow_style": True}, "quoted": {"default_style": '"'}}.items():
        text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, explicit_start=True, **options)
        case(f"yaml-{name}", text.encode(), "Yaml", values=values(value))
    shared = {"unit": "°C", "limits": [1, 2.5]}
    value = {"a": shared, "b": shared, "c": [shared, shared]}
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    case("yaml-aliases", text.encode(), "Yaml", values=values(value), content_type="application/yaml")
    text = yaml.safe_dump_all([{"n": n} for n in range(3)], explicit_start=True)
    case("yaml-several", text.encode(), "Yaml", values=values([{"n": n} for n in range(3)]), noted={"": "YAML documents"})


def cbors():
    large = dict(SENSOR, bytes=b"\x00\xff", big=2**64, huge=-(2**200), negative=-(2**64))
    case("cbor-map", cbor2.dumps(large), "Cbor", values=values(large))
    case("cbor-canonical", cbor2.dumps(dict(large, third=1 / 3, half=1.5, f=float(2**-24), x=65504.0), canonical=True), "Cbor",
         values=sorted_as_sent(packed(dict(large, third=1 / 3, half=1.5, f=float(2**-24), x=65504.0))))
    floats = [0.0, -0.0, 1.0, 1.1, 1.5, 65504.0, 100000.0, 3.4028234663852886e38, 1e300, 5.960464477539063e-08,
              6.103515625e-05, -4.0, -4.1, math.inf, -math.inf, math.nan, 0.1, 5e-324, 1.7976931348623157e308]
    case("cbor-floats", cbor2.dumps(floats, canonical=True), "Cbor", values=values(packed(floats)))
    keys = {1: "int", -1: "negative", "text": "text", b"\x01\x02": "bytes", (1, 2): "array", False: "false"}
    case("cbor-keys", cbor2.dumps(keys), "Cbor", values=values(keys), chosen="Cbor")
    when = datetime.datetime(2013, 3, 21, 20, 4, 0, tzinfo=datetime.timezone.utc)
    identity = uuid.UUID("c232ab00-9414-11ec-b3c8-9f6bdeced846")
    tagged = [when, decimal.Decimal("273.15"), decimal.Decimal("-0.0001"), decimal.Decimal("5E+7"), identity,
              fractions.Fraction(1, 3), cbor2.undefined, cbor2.CBORSimpleValue(99), cbor2.CBORTag(4711, "own")]
    expected = ["2013-03-21T20:04:00Z", Shown("273.15"), Shown("-0.0001"), Shown("5e7"), identity.bytes,
                [1, 3], Shown("undefined"), Shown("simple(99)"), "own"]
    noted = {"[0]": "tag 0, date and time", "[1]": "tag 4, decimal fraction",
             "[4]": f"tag 37, UUID, {identity}", "[5]": "tag 30, rational number", "[8]": "tag 4711"}
    case("cbor-tags", cbor2.dumps(tagged), "Cbor", values=values(expected), noted=noted, chosen="Cbor")
    payload = cbor2.dumps(when, datetime_as_timestamp=True)
    noted = {"": "tag 1, epoch time, 2013-03-21T20:04:00Z"}
    case("cbor-epoch", payload, "Cbor", values=values(1363896240), noted=noted, content_type="application/cbor")
    # the pieces of RFC 8949 that an encoder may stream
    stream = b"\xbf" + cbor2.dumps("a") + b"\x9f" + cbor2.dumps(1) + cbor2.dumps(2.5) + b"\xff" + cbor2.dumps("b") \
        + b"\x7f" + cbor2.dumps("one ") + cbor2.dumps("two") + b"\xff" + cbor2.dumps("c") \
        + b"\x5f" + cbor2.dumps(b"\x01") + cbor2.dumps(b"\x02") + b"\xff\xff"
    assert cbor2.loads(stream) == {"a": [1, 2.5], "b": "one two", "c": b"\x01\x02"}
    case("cbor-streamed", stream, "Cbor", values=values({"a": [1, 2.5], "b": "one two", "c": b"\x01\x02"}))
    several = b"".join(cbor2.dumps(item) for item in [1, "two", [3]])
    case("cbor-sequence", several, "Cbor", values=values([1, "two", [3]]), noted={"": "CBOR sequence"},
         content_type="application/cbor-seq")
    case("cbor-tiny", cbor2.dumps({"t": 21}), "Hex")


def sorted_as_sent(value):
    """Canonical CBOR sorts keys by their length, then their bytes."""
    def order(value):
        if isinstance(value, dict):
            keys = sorted(value, key=lambda key: cbor2.dumps(key))
            keys.sort(key=lambda key: len(cbor2.dumps(key)))
            return {key: order(value[key]) for key in keys}
        if isinstance(value, list):
            return [order(item) for item in value]
        return value
    return values(order(value))


def msgpacks():
    value = dict(SENSOR, bytes=b"\x00\xff", long="x" * 300)
    case("msgpack-map", msgpack.packb(value), "MessagePack", values=values(value))
    floats = [21.4, 1 / 3, -0.0, 1e30, math.inf, math.nan, 16777216.0]
    case("msgpack-floats32", msgpack.packb(floats, use_single_float=True), "MessagePack",
         values=values([shortest(item, "f") for item in floats]))
    case("msgpack-floats64", msgpack.packb(floats), "MessagePack", values=values(floats))
    keys = {1: "int", -1: "negative", "text": "text", b"\x01": "bytes", None: "nil"}
    case("msgpack-keys", msgpack.packb(keys), "MessagePack", values=values(keys), chosen="MessagePack")
    ext = [msgpack.ExtType(5, b"\x01\x02\x03"), msgpack.Timestamp(1363896240, 0),
           msgpack.Timestamp(1363896240, 500000000), msgpack.Timestamp(-2, 500000000), msgpack.Timestamp(2**40, 7)]
    noted = {"[0]": "extension 5", "[1]": "timestamp, 2013-03-21T20:04:00Z",
             "[2]": "timestamp, 2013-03-21T20:04:00.5Z", "[3]": "timestamp, 1969-12-31T23:59:58.5Z"}
    expected = [b"\x01\x02\x03", 1363896240, Shown("1363896240.5"), Shown("-1.5"), Shown(f"{2**40}.000000007")]
    case("msgpack-ext", msgpack.packb(ext), "MessagePack", values=values(expected), noted=noted, chosen="MessagePack")
    many = {f"k{n}": n for n in range(70000 // 50)}
    case("msgpack-many", msgpack.packb(many), "MessagePack", values=values(many))
    old = msgpack.packb({"raw": b"caf\xe9"}, use_bin_type=False)
    case("msgpack-old", old, "MessagePack", values=values({"raw": b"caf\xe9"}), chosen="MessagePack")


def numbers():
    for order, mark in {"BigEndian": ">", "LittleEndian": "<"}.items():
        short = "be" if mark == ">" else "le"
        for shape, codes in {"Unsigned": "BHIQ", "Signed": "bhiq", "Float": "fd", "UnixSeconds": "Iq", "UnixMillis": "q"}.items():
            for code in codes:
                bits = 8 * struct.calcsize(code)
                value = {
                    "Unsigned": 2**bits - 2,
                    "Signed": -(2 ** (bits - 1)) + 1,
                    "Float": 21.4,
                    "UnixSeconds": 1363896240,
                    "UnixMillis": 1363896240500,
                }[shape]
                expected = shortest(value, code) if shape == "Float" else value
                noted = {"UnixSeconds": {"": "2013-03-21T20:04:00Z"}, "UnixMillis": {"": "2013-03-21T20:04:00.5Z"}}
                case(f"number-{shape.lower()}-{bits}-{short}", struct.pack(mark + code, value),
                     {"Number": {"shape": shape, "order": order}}, values=values(expected),
                     noted=noted.get(shape, {}), chosen={"Number": {"shape": shape, "order": order}})


def picture(name, image, kind, tolerance=0, notices=(), **options):
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    read = Image.open(io.BytesIO(out.getvalue()))
    pixels = read.convert("RGBA")
    case(f"picture-{name}", out.getvalue(), "Image", notices=list(notices), picture={
        "kind": {"WEBP": "WebP"}.get(kind, kind), "width": read.width, "height": read.height,
        "rgba": pixels.tobytes().hex(), "tolerance": tolerance,
    })


def pictures():
    image = Image.new("RGB", (7, 5))
    image.putdata([(x * 36, y * 60, 128) for y in range(5) for x in range(7)])
    clear = image.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((7, 5)))
    picture("png", image, "PNG")
    picture("png-clear", clear, "PNG")
    picture("png-palette", image.quantize(16), "PNG")
    picture("png-grey", image.convert("L"), "PNG")
    picture("png-bits", image.convert("1"), "PNG")
    picture("jpeg", image.resize((16, 16)), "JPEG", tolerance=12, quality=95)
    picture("jpeg-progressive", image.resize((16, 16)), "JPEG", tolerance=12, quality=95, progressive=True)
    picture("gif", image.quantize(16), "GIF")
    picture("webp", clear, "WEBP", lossless=True, exact=True)
    picture("webp-lossy", image.resize((16, 16)), "WEBP", tolerance=12, quality=95)
    picture("bmp", image, "BMP")
    others = [Image.new("RGB", (7, 5), color) for color in ("red", "blue")]
    picture("gif-animated", others[0], "GIF", notices=["An animation"], save_all=True, append_images=others[1:])
    picture("png-animated", others[0], "PNG", notices=["An animation"], save_all=True, append_images=others[1:])
    picture("webp-animated", others[0], "WEBP", notices=["An animation"], save_all=True, append_images=others[1:], lossless=True)


def wrapped():
    inner = json.dumps(SENSOR, ensure_ascii=False).encode()
    expected = json_values(inner.decode())
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflated = deflate.compress(inner) + deflate.flush()
    zstd = lambda data, **options: zstandard.ZstdCompressor(**options).compress(data)
    case("gzip", gzip.compress(inner), "Json", layers=["gzip"], values=expected)
    case("gzip-members", gzip.compress(inner[:50]) + gzip.compress(inner[50:]), "Json", layers=["gzip"], values=expected)
    case("zlib", zlib.compress(inner), "Json", layers=["zlib"], values=expected)
    case("zlib-fast", zlib.compress(inner, 1), "Json", layers=["zlib"], values=expected)
    case("deflate", deflated, "Json", layers=["deflate"], values=expected, chosen="Deflate")
    case("zstd", zstd(inner), "Json", layers=["zstd"], values=expected)
    case("zstd-checked", zstd(inner, write_checksum=True, level=19), "Json", layers=["zstd"], values=expected)
    case("zstd-streamed", zstd(inner, write_content_size=False), "Json", layers=["zstd"], values=expected)
    case("zstd-frames", zstd(inner[:50]) + zstd(inner[50:]), "Json", layers=["zstd"], values=expected)
    case("base64", base64.b64encode(inner), "Json", layers=["base64"], values=expected, chosen="Base64")
    case("base64-lines", base64.encodebytes(inner), "Json", layers=["base64"], values=expected, chosen="Base64")
    case("base64-url", base64.urlsafe_b64encode(inner), "Json", layers=["base64"], values=expected, chosen="Base64")
    case("base64-gzip", base64.b64encode(gzip.compress(inner)), "Json", layers=["base64", "gzip"], values=expected)
    nested = gzip.compress(zstd(zlib.compress(cbor2.dumps(SENSOR))))
    case("nested", nested, "Cbor", layers=["gzip", "zstd", "zlib"], values=values(SENSOR))
    case("gzip-number", gzip.compress(struct.pack("<f", 21.4)), {"Number": {"shape": "Float", "order": "LittleEndian"}},
         layers=["gzip"], values=values(shortest(21.4, "f")), chosen={"Number": {"shape": "Float", "order": "LittleEndian"}})
    case("gzip-cut", gzip.compress(bytes(range(256)) * 200)[:-9], "Hex", layers=["gzip"], notices=["damaged"])
    case("zstd-bomb", zstd(bytes(80 << 20), level=3), "Hex", layers=["zstd"], notices=["holds more than 64.0 MiB"])


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (jsons, texts, xmls, yamls, cbors, msgpacks, numbers, pictures, wrapped):
        make()
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in CASES)
    (OUT / "cases.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


main()
