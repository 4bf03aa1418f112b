internal import ProgramTestKit

/// Makes event files that are mostly right, with everything in them that decoders get wrong.
struct RandomEventFile {
    private var random: RepeatableRandom

    init(seed: UInt64) {
        random = RepeatableRandom(seed: seed)
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func any<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    // MARK: Files

    /// A file of an extension's: an event or a list of them.
    mutating func ofExtension() -> [UInt8] {
        guard chance(60) else { return framed(event()) }
        let count = chance(3) ? 40 : Int.random(in: 0...4, using: &random)
        let elements = (0..<count).map { _ in chance(92) ? event() : value() }
        return framed("[" + elements.joined(separator: any([",", " , ", ",\n"])) + "]")
    }

    /// A file of the agent's.
    mutating func ofAgent() -> [UInt8] {
        var members: [String] = []
        if chance(97) { members.append("\"eventId\": " + (chance(80) ? any(["1", "7", "\"1\""]) : value())) }
        if chance(97) { members.append("\"providerId\": " + (chance(90) ? provider() : value())) }
        if chance(97) { members.append("\"parameters\":" + parameters()) }
        if chance(5) { members.append("\"eventId\":2") }
        if chance(10) { members.append("\(text()):\(value())") }
        if chance(3) { members.append("\"parameters\":" + parameters()) }
        members.shuffle(using: &random)
        return framed(chance(98) ? "{" + members.joined(separator: ", ") + "}" : value())
    }

    private mutating func framed(_ json: String) -> [UInt8] {
        var text = json
        if chance(10) { text = any([" ", "\n\t", "\r\n"]) + text + any(["", " ", "\n"]) }
        if chance(4) { text = any(["\u{FEFF}", "\u{FEFF}\u{FEFF}"]) + text }
        if chance(1) { text += any(["x", ",", "]", "{}", "\u{0}", "\u{A0}"]) }
        var bytes = Array(text.utf8)
        if chance(25) { bytes.mutate(times: 1...2, &random) }
        return bytes
    }

    // MARK: Events

    private static let names = [
        "Version", "Timestamp", "TaskName", "EventLevel", "Message", "EventPid", "EventTid", "OperationId",
    ]

    private mutating func event() -> String {
        var members: [String] = []
        for name in Self.names where chance(98) {
            members.append("\(key(name)):\(fieldValue(of: name))")
            if chance(2) { members.append("\(key(name)): \(fieldValue(of: name))") }
        }
        if chance(15) { members.append("\(text()):\(value())") }
        members.shuffle(using: &random)
        return "{" + members.joined(separator: any([",", ", ", "\n,"])) + "}"
    }

    private mutating func key(_ name: String) -> String {
        switch Int.random(in: 0..<30, using: &random) {
        case 0: "\"\(name.uppercased())\""
        case 1: "\"\(name.lowercased())\""
        case 2: "\"\(name) \""
        case 3: "\"\(name.dropLast())\\u00\(String(name.utf8.last ?? 0x41, radix: 16))\""
        // What Unicode folds to s and k, ASCII does not.
        case 4: "\"" + String(name.map { $0 == "s" ? "\u{17F}" : $0 == "k" ? "\u{212A}" : $0 }) + "\""
        default: "\"\(name)\""
        }
    }

    private mutating func fieldValue(of name: String) -> String {
        if name.hasSuffix("id"), name != "OperationId", chance(40) {
            return any(["12", "-0", "0", "-7", "4294967296"])
        }
        return chance(97) ? text() : value()
    }

    private mutating func provider() -> String {
        any(["\"69B669B9-4AF8-4C50-BDC4-6006FA76E975\"", "\"FFF0196F-EE4C-4EAF-9AA5-776F622DEB4F\"", text()])
    }

    private mutating func parameters() -> String {
        guard chance(97) else { return value() }
        let count = Int.random(in: 0...6, using: &random)
        let elements = (0..<count).map { _ in chance(99) ? parameter() : value() }
        return "[" + elements.joined(separator: ",") + "]"
    }

    private mutating func parameter() -> String {
        let names = ["Name", "Version", "Operation", "Message", "GAVersion", "RAM", "EventPid", "Custom", "TaskName"]
        var members = ["\"name\":\"\(any(names))\""]
        if chance(10) { members = ["\"n\\u0061me\": \(text())"] }
        if chance(97) { members.append("\"value\":" + any([text(), value(), "\"WALinuxAgent\""])) }
        if chance(3) { members.append(any(["\"value\": 3", "\"Name\": 3", "\"name\": 3", "\"unit\": {}"])) }
        return "{" + members.joined(separator: ",") + "}"
    }

    // MARK: Values

    private static let numbers = [
        "0", "-0", "1", "-12", "0.0", "-0.0", "1.5", "1e5", "1E+5", "-1.25e-3", "1e400", "-1e400", "5e-324", "1e-400",
        "0.1", "123456789012345678901234567890", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "1.7976931348623157e308", "2.2250738585072011e-308", "9007199254740993.0",
    ]

    private mutating func value(depth: Int = 0) -> String {
        switch Int.random(in: 0..<14, using: &random) {
        case 0...2: return any(Self.numbers)
        case 3: return any(["true", "false", "null"])
        case 4:
            return chance(20) ? any(["NaN", "Infinity", "-Infinity", "01", "1.", ".5", "+1", "1e", "-", "tru"]) : "1"
        case 5: return chance(10) ? String(repeating: "9", count: 5000) : "\"\""
        case 6 where chance(10): return nested(any([509, 510, 511, 512, 513]))
        case 7,
            8 where depth < 4:
            let elements = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth + 1) }
            return "[" + elements.joined(separator: ", ") + "]"
        case 9,
            10 where depth < 4:
            let members = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                "\(text()) : \(value(depth: depth + 1))"
            }
            return "{ " + members.joined(separator: ",") + "}"
        default: return text()
        }
    }

    private mutating func nested(_ depth: Int) -> String {
        chance(50)
            ? String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            : String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    }

    private static let pieces = [
        " ", "\\t", "\\n", "\\u00a0", "\u{3000}", "\u{85}", "\\u001c", "\\u2028", "\u{200B}", "\u{FEFF}", "\\u0000",
        "\u{7F}", "\\u0001", "a", "Zz", "é", "€", "🚀", "\\ud83d\\ude80", "\\uD83D", "\\ude80", "\\udbff\\udfff",
        "\\/", "\\\"", "\\\\", "\\b\\f\\r", "e\u{301}", "https://a", "HTTP://b/c", "http:\\/\\/d", "https:", "://",
        "?", "\\u003f", "&", ";", "#", "&amp;", "=", "sig=", "SV=x", "sp=1", "st", "sip=2", "spr=", "se=\\u0020",
        "\\u0073ig=1", "\u{17F}v=1", "sr=é", "x=1", "<redacted>",
    ]

    private mutating func text() -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...8, using: &random) { text += any(Self.pieces) }
        if chance(30) { text = "https://h/?" + text + any(["sig=1", "&sv=2", "?sp=3", ""]) + text }
        if chance(2) {
            text += String(repeating: any(["x", "é", "🚀", "\\ud83d\\ude80", " "]), count: any([1500, 3071]))
        }
        return "\"" + (chance(85) ? "m" + text : text) + "\""
    }
}

extension [UInt8] {
    /// Pieces that are put in where they hurt.
    private static let pieces: [[UInt8]] =
        [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "\\u", "\\ud800", "<", ">", "&", "]]>", "<![CDATA[", "NaN", "-",
            "e", ".", "0",
        ]
        .map { Array($0.utf8) } + [
            [0x00], [0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90], [0xFF], [0xE2, 0x80, 0xA8],
        ]

    /// Spoils the bytes: changes, removes, repeats and inserts a few of them, or cuts off the rest.
    mutating func mutate(times: ClosedRange<Int>, _ random: inout RepeatableRandom) {
        for _ in 0..<Int.random(in: times, using: &random) where !isEmpty {
            let place = Int.random(in: 0..<count, using: &random)
            let end = Swift.min(count, place + Int.random(in: 1...12, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: self[place] = .random(in: 0 ... .max, using: &random)
            case 1: removeSubrange(place..<end)
            case 2: insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: place)
            case 3: insert(contentsOf: self[place..<end], at: Int.random(in: 0...count, using: &random))
            default: removeSubrange(place...)
            }
        }
    }
}
