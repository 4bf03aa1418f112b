#!/usr/bin/env python3
"""Read the bodies of requests to the WireServer with Python's own XML parser, and print what they say as JSON.

    telemetry_bodies.py FILE

FILE holds the bodies, each behind its length (4 bytes, big-endian). The answer is a list with an object for each body: its
provider, and its events with their id and their parameters as [name, value, type]. What is in an event's CDATA section is read
as XML of its own, below one root. A body that is no XML, or says more than it may, ends the program with status 1.
"""
import json
import sys
import xml.etree.ElementTree as xml


def bodies(path):
    with open(path, "rb") as file:
        while length := file.read(4):
            yield file.read(int.from_bytes(length, "big"))


def only(element, tag, *attributes):
    assert element.tag == tag and sorted(element.attrib) == sorted(attributes), (element.tag, element.attrib)
    return element


def parameter(element):
    only(element, "Param", "Name", "Value", "T")
    assert not element.text and not element.tail and not len(element), "a parameter holds something"
    return [element.get("Name"), element.get("Value"), element.get("T")]


def event(element):
    only(element, "Event", "id")
    assert not element.tail and not len(element), "an event holds elements outside its section"
    content = xml.fromstring("<Data>" + (element.text or "") + "</Data>")
    assert not content.text, "text stands in front of the parameters"
    return {"id": element.get("id"), "parameters": [parameter(child) for child in content]}


def body(text):
    root = only(xml.fromstring(text), "TelemetryData", "version")
    (provider,) = root
    only(provider, "Provider", "id")
    return {"provider": provider.get("id"), "events": [event(child) for child in provider]}


print(json.dumps([body(text) for text in bodies(sys.argv[1])]))
