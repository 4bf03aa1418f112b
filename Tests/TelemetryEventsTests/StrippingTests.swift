import TelemetryEvents
import Testing

/// Every code point that is white space to Python's `str.isspace`.
private let whiteSpace: Set<UInt32> = Set(
    Array(0x09...0x0D) + Array(0x1C...0x20) + [0x85, 0xA0, 0x1680] + Array(0x2000...0x200A)
        + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000])

/// A code point as JSON can write it: raw where it may stand so.
private func written(_ scalar: Unicode.Scalar) -> String {
    guard scalar.value < 0x20 else { return String(Character(scalar)) }
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
}

@Test func exactlyTheWhiteSpaceOfPythonIsStripped() throws {
    for codePoint: UInt32 in 0...0x30FF where codePoint != 0x22 && codePoint != 0x5C {
        guard let scalar = Unicode.Scalar(codePoint) else { continue }
        let message = try EventFiles.message(written(scalar) + "x" + written(scalar))
        #expect((message == "x") == whiteSpace.contains(codePoint), "U+\(String(codePoint, radix: 16))")
    }
}

@Test func whiteSpaceIsStrippedFromEveryFieldAndKeptWithin() throws {
    for (before, after) in [(" \\t", "\\n"), ("\u{3000}\u{A0}", "\u{2028}\u{85} "), ("\\u2003", "\\u00a0")] {
        for inner in ["a b", "a\u{A0}b", "a\\u2003b", "é"] {
            var changes: [String: String?] = [:]
            for field in ExtensionEvent.Field.allCases { changes[field.name] = "\"\(before)\(inner)\(after)\"" }
            let event = try EventFiles.only(EventFiles.validate(EventFiles.event(changes)))
            for field in ExtensionEvent.Field.allCases {
                #expect(event[field].description == (inner == "a\\u2003b" ? "a\u{2003}b" : inner))
            }
            #expect(event.eventName.description == "Acme-" + event[.version].description)
        }
    }
}

@Test func aFieldOfWhiteSpaceAloneBecomesEmpty() throws {
    let event = try EventFiles.only(EventFiles.validate(EventFiles.event(["TaskName": "\" \u{3000}\\n \""])))
    #expect(event[.taskName].isEmpty)
}
