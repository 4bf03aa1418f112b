#!/usr/bin/env python3
"""What an event file says, found independently of the decoders: with Python's json, str and re.

It reads batches from standard input: how many files (4 bytes, big-endian), then each as a letter (E: an extension's, C: the
agent's, L: the agent's legacy), its length (4 bytes) and its bytes. When it has a batch it answers each file: the length (4 bytes) of a
text, and the text, which PythonAgreementTests writes in the same way from what the decoders say.

Where the decoders do on purpose what Python does not, the model does as they do: a byte order mark is passed, NaN and
Infinity are no JSON, half a surrogate pair becomes U+FFFD, integers have no limit, and more than 512 levels are malformed.
"""
import json
import re
import struct
import sys

DEEPEST = 512
MESSAGE, EVENT, KEPT = 3072, 6144, 20
FIELDS = ["EventLevel", "EventPid", "EventTid", "Message", "OperationId", "TaskName", "Timestamp", "Version"]
BY_NAME = {field.lower(): field for field in FIELDS}
LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
EXTENSION_PROVIDER = "FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F"
AGENT_PROVIDER = "69B669B9-4AF8-4C50-BDC4-6006FA76E975"
TRIMMED = {"Name", "Version", "Operation", "OperationSuccess", "Message", "Duration"}
LEADING = [("GAVersion", "t", "Telltale-1"), ("OpcodeName", "t", "1970-01-01T00:00:00.000000Z")]
COLLECTOR = [("EventTid", "i", "11"), ("EventPid", "i", "12"), ("TaskName", "t", "Collector")]
TRAILING = [("RAM", "i", "2048")]

# A class of letters instead of re.IGNORECASE, which folds U+017F to s.
SIGNATURE = r"(?:[sS](?:[vterpVTERP]|[iI][pP]|[pP][rR]|[iI][gG]))=[^&;#\s]"
URL = re.compile(r"[hH][tT][tT][pP][sS]?://[^\s?]*\?\S*")
IN_QUERY = re.compile(r"(?:^|[&;#])" + SIGNATURE)
LATER_QUERY = re.compile(r"\?(?=" + SIGNATURE + ")")


class Malformed(Exception):
    pass


class Members(list):
    """An object: its keys and values in turn, repeated ones too."""


class Number(str):
    """A number as it is spelt."""


class Integer(Number):
    def canonical(self):
        return "0" if self == "-0" else str(self)


def refuse(constant):
    raise Malformed(constant)


def depth(value):
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        value, level = waiting.pop()
        if isinstance(value, list):
            deepest = max(deepest, level)
            inner = (member[1] for member in value) if isinstance(value, Members) else value
            waiting.extend((element, level + 1) for element in inner)
    return deepest


def parse(data):
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        value = json.loads(
            text, object_pairs_hook=Members, parse_int=Integer, parse_float=Number, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed from error
    if depth(value) > DEEPEST:
        raise Malformed
    return value


def repaired(text):
    return re.sub("[\ud800-\udfff]", "\ufffd", text)


def redacted(text):
    def judge(match):
        url, _, query = match.group().partition("?")
        if IN_QUERY.search(query):
            return url + "?<redacted>"
        later = LATER_QUERY.search(query)
        return url + "?" + query[:later.end()] + "<redacted>" if later else match.group()
    return URL.sub(judge, text)


def is_text(value):
    return isinstance(value, str) and not isinstance(value, Number)


# Extension events


def extension_event(element):
    """The parameters of an event, or its rejection."""
    if not isinstance(element, Members):
        return "NotAnObjectError: event should be a JSON object"
    found = {}
    for key, value in element:
        field = BY_NAME.get(key.translate(LOWER))
        if field:
            found[field] = value
    if "Message" not in found:
        return "MissingKeyError: Message not found"
    texts = {}
    for field, value in found.items():
        if is_text(value):
            texts[field] = redacted(repaired(value).strip())
        elif isinstance(value, Integer) and field in ("EventPid", "EventTid"):
            texts[field] = value.canonical()
    if texts.get("Message") == "":
        return "EmptyMessageError: Message should not be empty"
    for field in FIELDS:
        if field not in found:
            return f"MissingKeyError: {field} not found"
        if field not in texts:
            expected = "text or an integer" if field in ("EventPid", "EventTid") else "text"
            return f"InvalidTypeError: {field} should be {expected}"
    texts["Message"] = texts["Message"][:MESSAGE]
    if sum(map(len, texts.values())) > EVENT:
        return f"OversizeEventError: max event size allowed: {EVENT}"
    own = [(name, "t", texts[name]) for name in ("EventTid", "EventPid", "TaskName")]
    content = [("EventName", "Acme-" + texts["Version"]), ("CapabilityUsed", texts["EventLevel"]),
               ("Context1", texts["Message"]), ("Context2", texts["Timestamp"]), ("Context3", texts["OperationId"])]
    return 7, EXTENSION_PROVIDER, LEADING + own + TRAILING + [(name, "t", text) for name, text in content]


# Agent events


def compact(value):
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Members):
        return "{" + ",".join(compact(key) + ":" + compact(inner) for key, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(compact, value)) + "]"
    text = re.sub(r'["\\]', r"\\\g<0>", redacted(repaired(value)))
    return '"' + re.sub("[\x00-\x1f]", lambda control: f"\\u{ord(control.group()):04x}", text) + '"'


def typed(value):
    if is_text(value):
        return "t", redacted(repaired(value))
    if isinstance(value, bool):
        return "b", "true" if value else "false"
    if isinstance(value, Integer):
        return "i", value.canonical()
    if isinstance(value, Number) and abs(float(value)) != float("inf"):
        return "f", struct.pack(">d", float(value)).hex()
    return "j", compact(value)


def event_number(value):
    if isinstance(value, Integer) or is_text(value) and re.fullmatch("[0-9]+", value):
        number = int(value)
        if -2 ** 63 <= number < 2 ** 63:
            return number
    return None


def agent_parameters(written):
    """The parameters, or the rejection of the event."""
    if isinstance(written, Members) or not isinstance(written, list):
        return "InvalidTypeError: parameters should be a list"
    parameters = []
    for element in written:
        if not isinstance(element, Members):
            return "InvalidTypeError: parameters should be a list of objects"
        members = dict(element)
        if not is_text(members.get("name")):
            return "InvalidTypeError: name should be text"
        parameters.append((redacted(repaired(members["name"])), *typed(members.get("value"))))
    return parameters


def agent_event(value, is_legacy):
    if not isinstance(value, Members):
        return "NotAnObjectError: event should be a JSON object"
    members = dict(value)
    number = event_number(members.get("eventId"))
    if number is None:
        return "InvalidTypeError: eventId should be an integer or digits"
    if not is_text(members.get("providerId")):
        return "InvalidTypeError: providerId should be text"
    provider = redacted(repaired(members["providerId"]))
    parameters = agent_parameters(members.get("parameters", []))
    if isinstance(parameters, str):
        return parameters
    return number, provider, completed(parameters, number, provider) if is_legacy else parameters


def completed(parameters, number, provider):
    named = [parameter for parameter in parameters if parameter[0] == "Name"]
    if not named or named[0][1:] == ("t", "WALinuxAgent"):
        present = {name for name, _, _ in parameters}
        return parameters + [common for common in LEADING + COLLECTOR + TRAILING if common[0] not in present]
    kept = [parameter for parameter in parameters if parameter[0] in TRIMMED]
    kind = [("ExtensionType", "t", "json"), ("IsInternal", "b", "false")]
    return kept + LEADING + COLLECTOR + (kind if (number, provider) == (1, AGENT_PROVIDER) else []) + TRAILING


# Answers


def answer(letter, data):
    try:
        value = parse(data)
    except Malformed:
        return "malformed"
    if letter == "E":
        is_list = isinstance(value, list) and not isinstance(value, Members)
        judged = list(map(extension_event, value if is_list else [value]))
    else:
        judged = [agent_event(value, is_legacy=letter == "L")]
    lines, counts, kept = [], {}, []
    for index, result in enumerate(judged):
        if isinstance(result, str):
            counts[result] = counts.get(result, 0) + 1
            kept.append(f"{index} {result}\n")
            continue
        number, provider, parameters = result
        lines.append(f"event {index} {number} {sized(provider)}\n")
        lines.extend(f"{sized(name)} {kind} {sized(text)}\n" for name, kind, text in parameters)
    lines.extend(f"{counts[code]} * {code}\n" for code in sorted(counts))
    return "".join(lines + kept[:KEPT])


def sized(text):
    return f"{len(text.encode())}:{text}"


def main():
    sys.setrecursionlimit(10_000)
    sys.set_int_max_str_digits(0)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while header := source.read(4):
        files = []
        for _ in range(int.from_bytes(header, "big")):
            letter, length = struct.unpack(">cI", source.read(5))
            files.append((letter.decode(), source.read(length)))
        for letter, data in files:
            text = answer(letter, data).encode()
            target.write(struct.pack(">I", len(text)) + text)
        target.flush()


main()
