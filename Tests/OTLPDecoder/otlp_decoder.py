"""Decodes bodies of OTLP requests with the protobuf package, by the schema beside this file, and says what they hold.

    otlp_decoder.py BODIES OUTPUT

BODIES holds the bodies, each behind its length (4 bytes, the highest first). OUTPUT gets a line of JSON for each: the
fields that are set, by the schema's names; an enumeration by its number, bytes as hexadecimal digits. A body with a field
that the schema does not know, or one that a protobuf encoder would write otherwise, is an error.
"""
import json
import pathlib
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, text_format

REQUEST = "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest"


def message_class(name):
    text = pathlib.Path(__file__).with_name("schema.textproto").read_text("utf-8")
    pool = descriptor_pool.DescriptorPool()
    for file in text_format.Parse(text, descriptor_pb2.FileDescriptorSet()).file:
        pool.AddSerializedFile(file.SerializeToString())
    descriptor = pool.FindMessageTypeByName(name)
    if hasattr(message_factory, "GetMessageClass"):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool).GetPrototype(descriptor)  # Before protobuf 4.22.


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "ListFields"):
        return {field.name: plain(inner) for field, inner in value.ListFields()}
    return [plain(inner) for inner in value]


def decoded(request, body):
    message = request()
    message.ParseFromString(body)
    message.DiscardUnknownFields()
    # A field that is unknown, empty for no reason or out of order would be missing or elsewhere now.
    if message.SerializeToString(deterministic=True) != body:
        raise ValueError("the body is not what an encoder would write of its known fields")
    return plain(message)


def main():
    request = message_class(REQUEST)
    bodies = pathlib.Path(sys.argv[1]).read_bytes()
    with open(sys.argv[2], "w", encoding="ascii") as output:
        place = 0
        while place < len(bodies):
            (length,) = struct.unpack_from(">I", bodies, place)
            body = bodies[place + 4:place + 4 + length]
            output.write(json.dumps(decoded(request, body)) + "\n")
            place += 4 + length


main()
