"""Makes the payloads in this directory with other programs' encoders, and cases.json with what is in them.

    PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=python python3 make.py

Needs grpcio-tools, protobuf, fastavro with backports.zstd, and tahu. tahu's generated code is older than today's protobuf: hence the variable.
"""

import io
import json
import os
import struct
import subprocess
import sys
import tempfile
import uuid
from datetime import date, datetime, time, timezone
from decimal import Decimal
from pathlib import Path

import fastavro
import tahu.sparkplug_b as sparkplug

HERE = Path(__file__).parent
CASES = []


def f32(value):
    """The fewest digits that stand for this binary32."""
    bits = struct.pack("<f", value)
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("<f", float(text)) == bits:
            return repr(float(text))
    raise ValueError(value)


def text(value):
    return json.dumps(value, ensure_ascii=False)


def raw(value):
    return f"h'{value.hex()}'"


def case(name, payload, reading, expect, **more):
    (HERE / f"{name}.bin").write_bytes(payload)
    CASES.append({"name": name, "format": reading, "expect": expect, **more})


# ---- Protobuf

PROTOS = ["protos/plant/reading.proto", "protos/plant/common.proto", "protos/old.proto"]


def protoc(out, *arguments):
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{HERE / 'protos'}", *arguments]
    command += [str(HERE / path) for path in PROTOS]
    subprocess.run(command, check=True)
    sys.path.insert(0, str(out))


def protobuf():
    out = tempfile.mkdtemp()
    protoc(out, f"--python_out={out}")
    protoc(out, "--include_imports", f"--descriptor_set_out={HERE / 'plant.desc'}")
    from plant import common_pb2, reading_pb2
    import old_pb2

    reading = reading_pb2.Reading(
        name="Düse 7",
        small=-5,
        big=-9223372036854775808,
        u32=4294967295,
        u64=18446744073709551615,
        s32=-2147483648,
        s64=-9007199254740993,
        f32=4000000000,
        f64=9223372036854775809,
        sf32=-7,
        sf64=-8,
        ratio=21.7,
        exact=0.1,
        is_on=True,
        raw=b"\x00\xff",
        state=common_pb2.STATE_FAILED,
        packed=[1, -1, 300],
        tags=["a", "b\n"],
        reason="too hot",
        maybe=0,
        ratios=[0.1, 127.0],
    )
    reading.limits["low"] = 127.0
    reading.points[-3].x = 1.5
    reading.at.FromJsonString("2026-03-14T14:32:05.381Z")
    reading.took.FromJsonString("-1.500s")
    reading.detail.Pack(common_pb2.Point(x=2.0))
    reading.where.next.y = -0.0
    reading.where.next.x = 3.0
    reading.track.add(x=1.0)
    reading.track.add(y=2.0)
    expect = [
        ["name", text("Düse 7")],
        ["small", "-5"],
        ["big", "-9223372036854775808"],
        ["u32", "4294967295"],
        ["u64", "18446744073709551615"],
        ["s32", "-2147483648"],
        ["s64", "-9007199254740993"],
        ["f32", "4000000000"],
        ["f64", "9223372036854775809"],
        ["sf32", "-7"],
        ["sf64", "-8"],
        ["ratio", f32(21.7)],
        ["exact", repr(0.1)],
        ["is_on", "true"],
        ["raw", raw(b"\x00\xff")],
        ["state", "STATE_FAILED"],
        ["packed[0]", "1"],
        ["packed[1]", "-1"],
        ["packed[2]", "300"],
        ["tags[0]", text("a")],
        ["tags[1]", text("b\n")],
        ["limits.low", "127.0"],
        ["points.-3.x", "1.5"],
        ["reason", text("too hot")],
        ["at.seconds", "1773498725"],
        ["at.nanos", "381000000"],
        ["took.seconds", "-1"],
        ["took.nanos", "-500000000"],
        ["detail.type_url", text("type.googleapis.com/plant.Point")],
        ["detail.value.x", "2.0"],
        ["where.next.x", "3.0"],
        ["where.next.y", "-0.0"],
        ["maybe", "0"],
        ["ratios[0]", f32(0.1)],
        ["ratios[1]", "127.0"],
        ["track[0].x", "1.0"],
        ["track[1].y", "2.0"],
    ]
    notes = [
        ["small", "field 2, int32"],
        ["state", "7 of State"],
        ["limits", "field 19, map<string, double>"],
        ["packed", "field 17, repeated int32"],
        ["reason", "oneof cause"],
        ["at", "2026-03-14T14:32:05.381Z"],
        ["took", "-1.5 s"],
    ]
    payload = reading.SerializeToString(deterministic=True)
    for name, schemas in [("reading", PROTOS), ("reading-by-set", ["plant.desc"])]:
        case(name, payload, "protobuf:plant.Reading", expect, schemas=schemas, notes=notes, whole=True)

    # what a newer publisher adds is not in the schema of an older reader
    point = reading_pb2.Reading(name="x", small=7, big=3)
    expect = [["1", text("x")], ["2", "7"], ["3", "3"]]
    notes = [["2", "not in the schema"]]
    case("unknown", point.SerializeToString(), "protobuf:Empty", expect, schemas=["protos/empty.proto"], notes=notes, whole=True)

    old = old_pb2.Old(id="o1", loose=[1, 2], tight=[3, 4])
    old.part.count = 9
    expect = [
        ["id", text("o1")],
        ["part.count", "9"],
        ["loose[1]", "2"],
        ["tight[0]", "3"],
        ["tight[1]", "4"],
    ]
    case("old", old.SerializeToString(), "protobuf:Old", expect, schemas=["protos/old.proto"])

    fields = [
        ["1", text("Düse 7")],
        ["2", "18446744073709551611"],
        ["4", "4294967295"],
        ["8", "4000000000"],
        ["12", f32(21.7)],
        ["13", "0.1"],
        ["14", "1"],
        ["15", raw(b"\x00\xff")],
        ["16", "7"],
        ["23.1", "1773498725"],
        ["26.3.1", "3.0"],
    ]
    notes = [["2", "signed -5"], ["6", "zigzag -2147483648"], ["12", "float"], ["13", "double"]]
    case("fields", payload, "fields", fields, notes=notes)


# ---- Avro

AVRO = ["avro/sensor.avsc", "avro/place.avsc"]


def sensor(previous=None):
    return {
        "id": "s-1",
        "count": -9223372036854775808,
        "small": 2147483647,
        "ratio": 21.7,
        "exact": 0.1,
        "on": True,
        "raw": b"\x00\xff",
        "nothing": None,
        "mode": "HAND",
        "mac": b"\x01\x02\x03\x04\x05\x06",
        "maybe": None,
        "either": "text",
        "numbers": list(range(3)),
        "limits": {"low": 127.0, "high": 1e300},
        "day": date(2026, 3, 14),
        "clock": time(14, 32, 5, 381000),
        "at": datetime(2026, 3, 14, 14, 32, 5, 381000, tzinfo=timezone.utc),
        "precise": datetime(2026, 3, 14, 14, 32, 5, 381001, tzinfo=timezone.utc),
        "price": Decimal("-12345678901234567890.1234"),
        "key": uuid.UUID("123e4567-e89b-12d3-a456-426614174000"),
        "place": {"hall": "B", "row": 7},
        "previous": previous,
    }


def expected_sensor(at):
    return [
        [at + "id", text("s-1")],
        [at + "count", "-9223372036854775808"],
        [at + "small", "2147483647"],
        [at + "ratio", f32(21.7)],
        [at + "exact", repr(0.1)],
        [at + "on", "true"],
        [at + "raw", raw(b"\x00\xff")],
        [at + "nothing", "null"],
        [at + "mode", "HAND"],
        [at + "mac", raw(b"\x01\x02\x03\x04\x05\x06")],
        [at + "maybe", "null"],
        [at + "either", text("text")],
        [at + "numbers[2]", "2"],
        [at + "limits.low", "127.0"],
        [at + "limits.high", "1e300"],
        [at + "day", str((date(2026, 3, 14) - date(1970, 1, 1)).days)],
        [at + "clock", str(((14 * 60 + 32) * 60 + 5) * 1000 + 381)],
        [at + "at", "1773498725381"],
        [at + "precise", "1773498725381001"],
        [at + "price", "-12345678901234567890.1234"],
        [at + "key", text("123e4567-e89b-12d3-a456-426614174000")],
        [at + "place.hall", text("B")],
        [at + "place.row", "7"],
    ]


def avro():
    named = {}
    for path in reversed(AVRO):
        schema = fastavro.parse_schema(json.loads((HERE / path).read_text()), named)
    notes = [
        ["day", "2026-03-14"],
        ["clock", "14:32:05.381"],
        ["at", "2026-03-14T14:32:05.381Z"],
        ["precise", "2026-03-14T14:32:05.381001Z"],
        ["price", "decimal(30, 4)"],
        ["mode", "1 of Mode"],
        ["either", "as string"],
    ]
    datum = io.BytesIO()
    fastavro.schemaless_writer(datum, schema, sensor(sensor()))
    expect = expected_sensor("") + expected_sensor("previous.") + [["previous.previous", "null"]]
    case("sensor", datum.getvalue(), "avro:plant.Sensor", expect, schemas=AVRO, notes=notes)

    place = json.loads((HERE / AVRO[1]).read_text())
    rows = [{"hall": "A", "row": index} for index in range(500)]
    expect = [["[0].row", "0"], ["[499].hall", text("A")], ["[499].row", "499"]]
    for codec in ["null", "deflate", "zstandard"]:
        file = io.BytesIO()
        fastavro.writer(file, place, rows, codec=codec, sync_interval=1000, sync_marker=b"0123456789abcdef")
        case(f"file-{codec}", file.getvalue(), "avro:", expect)

    canonical = fastavro.schema.to_parsing_canonical_form(place)
    fingerprint = fastavro.schema.fingerprint(canonical, "CRC-64-AVRO")
    datum = io.BytesIO()
    fastavro.schemaless_writer(datum, fastavro.parse_schema(place), {"hall": "C", "row": -1})
    single = b"\xc3\x01" + bytes.fromhex(fingerprint) + datum.getvalue()
    expect = [["hall", text("C")], ["row", "-1"]]
    case("single", single, "avro:", expect, schemas=AVRO, whole=True)


# ---- Sparkplug B

AT = 1773498725381


def fixed_times(container):
    for metric in container.metrics:
        metric.timestamp = AT
        if metric.HasField("template_value"):
            fixed_times(metric.template_value)


def payload_of(message):
    message.timestamp = AT
    fixed_times(message)
    return message.SerializeToString()


def signed(value, bits):
    """As Sparkplug sends a signed integer: in two's complement of the field."""
    return value & ((1 << bits) - 1)


def tahu():
    types = sparkplug.MetricDataType
    death = sparkplug.getNodeDeathPayload()
    # tahu counts on before its birth: this is the death of the same session
    death.metrics[0].long_value = sparkplug.bdSeq
    (HERE / "ndeath.bin").write_bytes(payload_of(death))
    node = sparkplug.getNodeBirthPayload()
    sparkplug.addMetric(node, "Node Control/Rebirth", None, types.Boolean, False)
    sparkplug.addMetric(node, "Uptime", 1, types.UInt64, 18446744073709551615)
    node_birth = payload_of(node)
    expect = [
        ["timestamp", str(AT)],
        ["seq", "0"],
        ["metrics.Node Control/Rebirth", "false"],
        ["metrics.Uptime", "18446744073709551615"],
    ]
    case("nbirth", node_birth, "sparkplug", expect, topic="spBv1.0/Plant/NBIRTH/Line 1")

    device = sparkplug.getDeviceBirthPayload()
    values = [
        ("i8", types.Int8, signed(-5, 32), "-5"),
        ("i16", types.Int16, signed(-300, 32), "-300"),
        ("i32", types.Int32, signed(-70000, 32), "-70000"),
        ("i64", types.Int64, signed(-9007199254740993, 64), "-9007199254740993"),
        ("u8", types.UInt8, 250, "250"),
        ("u16", types.UInt16, 65535, "65535"),
        ("u32", types.UInt32, 4294967295, "4294967295"),
        ("u64", types.UInt64, 18446744073709551615, "18446744073709551615"),
        ("Temperature", types.Float, 21.7, f32(21.7)),
        ("Exact", types.Double, 0.1, "0.1"),
        ("Motor/Running", types.Boolean, True, "true"),
        ("Name", types.String, "Düse", text("Düse")),
        ("Since", types.DateTime, AT, str(AT)),
        ("Note", types.Text, "two\nlines", text("two\nlines")),
        ("Id", types.UUID, "123e4567-e89b-12d3-a456-426614174000", text("123e4567-e89b-12d3-a456-426614174000")),
        ("Raw", types.Bytes, b"\x00\xff", raw(b"\x00\xff")),
    ]
    for alias, (name, kind, value, _) in enumerate(values, start=100):
        sparkplug.addMetric(device, name, alias, kind, value)
    expect = [[f"metrics.{name}", shown] for name, _, _, shown in values]
    sparkplug.addNullMetric(device, "Pressure", 120, types.Int32)
    expect.append(["metrics.Pressure", "null"])
    temperature = device.metrics[8]
    temperature.properties.keys.extend(["unit", "high"])
    temperature.properties.values.add(type=types.String, string_value="°C")
    temperature.properties.values.add(type=types.Float, float_value=80.5)
    expect += [["properties.Temperature.unit", text("°C")], ["properties.Temperature.high", "80.5"]]
    table = sparkplug.initDatasetMetric(device, "Table", 121, ["n", "word"], [types.Int8, types.String])
    row = table.rows.add()
    row.elements.add(int_value=signed(-1, 32))
    row.elements.add(string_value="one")
    expect += [["metrics.Table.columns.n", text("Int8")], ["metrics.Table.rows[0].n", "-1"], ["metrics.Table.rows[0].word", text("one")]]
    template = sparkplug.initTemplateMetric(device, "Pump", 122, "PumpType")
    template.parameters.add(name="Size", type=types.Int32, int_value=signed(-2, 32))
    sparkplug.addMetric(template, "Speed", None, types.Double, 1.5)
    expect += [
        ["metrics.Pump.template_ref", text("PumpType")],
        ["metrics.Pump.parameters.Size", "-2"],
        ["metrics.Pump.metrics.Speed", "1.5"],
    ]
    file = sparkplug.addMetric(device, "Log", 123, types.File, b"abc")
    file.metadata.file_name = "log.txt"
    file.metadata.size = 3
    expect += [["metrics.Log", raw(b"abc")], ["metadata.Log.file_name", text("log.txt")], ["metadata.Log.size", "3"]]
    notes = [
        ["metrics.i8", "Int8, alias 100, 2026-03-14T14:32:05.381Z"],
        ["metrics.Since", "2026-03-14T14:32:05.381Z, DateTime"],
        ["metrics.Pressure", "null"],
        ["timestamp", "2026-03-14T14:32:05.381Z"],
    ]
    device_birth = payload_of(device)
    topic = "spBv1.0/Plant/DBIRTH/Line 1/Pump"
    case("dbirth", device_birth, "sparkplug", expect, topic=topic, notes=notes)

    data = sparkplug.getDdataPayload()
    for alias, value in [(100, signed(-6, 32)), (102, signed(-7, 32))]:
        metric = data.metrics.add(alias=alias)
        metric.int_value = value
    metric = data.metrics.add(alias=108, is_historical=True)
    metric.float_value = -0.5
    data.metrics.add(alias=1, long_value=5)
    payload = payload_of(data)
    topic = "spBv1.0/Plant/DDATA/Line 1/Pump"
    expect = [["metrics.i8", "-6"], ["metrics.i32", "-7"], ["metrics.Temperature", "-0.5"], ["metrics.Uptime", "5"]]
    notes = [["metrics.Temperature", "historical"], ["metrics.i8", "Int8, alias 100"]]
    case("ddata", payload, "sparkplug", expect, topic=topic, notes=notes, births=["nbirth", "dbirth"])
    expect = [["metrics.alias 100", "4294967290"], ["metrics.alias 108", "-0.5"]]
    case("ddata-without-births", payload, "sparkplug", expect, topic=topic)

    command = sparkplug.getDdataPayload()
    command.ClearField("seq")
    metric = sparkplug.addMetric(command, "Node Control/Rebirth", None, types.Boolean, True)
    (HERE / "rebirth.bin").write_bytes(payload_of(command))


(HERE / "protos" / "empty.proto").write_text('syntax = "proto3";\n\nmessage Empty {}\n')
protobuf()
avro()
tahu()
(HERE / "cases.json").write_text(json.dumps(CASES, indent=1, ensure_ascii=False) + "\n")
