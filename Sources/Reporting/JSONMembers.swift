internal import TelemetryEvents

/// The members of a JSON object that is being written, in the order in which they are added.
struct JSONMembers {
    private var text = "{"

    /// Adds what is JSON already.
    mutating func add(_ name: String, json: String) {
        if text.utf8.count > 1 { text += ", " }
        text += name.quotedAsJSON
        text += ": "
        text += json
    }

    mutating func add(_ name: String, _ text: String) { add(name, json: text.quotedAsJSON) }

    mutating func add(_ name: String, _ number: Int) { add(name, json: String(number)) }

    mutating func add(_ name: String, _ flag: Bool) { add(name, json: flag ? "true" : "false") }

    /// Adds counts by name, sorted, so that two texts can be compared.
    mutating func add(_ name: String, _ counts: [String: Int]) {
        var members = JSONMembers()
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) { members.add(key, count) }
        add(name, json: members.object)
    }

    /// Adds a duration of so many nanoseconds, in seconds; null for nil.
    mutating func add(_ name: String, duration: UInt64?) {
        add(name, json: duration.map(DecimalSeconds.text) ?? "null")
    }

    /// Adds an instant of so many nanoseconds since 1970 (UTC), in ISO 8601; null for nil.
    mutating func add(_ name: String, instant: UInt64?) {
        add(
            name,
            json: instant.map { EventTime.text(nanoseconds: Int64(clamping: $0)).description.quotedAsJSON } ?? "null")
    }

    mutating func add(_ name: String, list: [String]) {
        add(name, json: "[\(list.joined(separator: ", "))]")
    }

    var object: String { text + "}" }
}
