extension DecodedLogs: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, ["resource_logs"])
        resourceLogs = try fields.value("resource_logs") ?? []
    }
}

extension DecodedLogs.ResourceLogs: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, ["resource", "scope_logs"])
        resource = try fields.message("resource", ["attributes"])?.value("attributes") ?? []
        scopeLogs = try fields.value("scope_logs") ?? []
    }
}

extension DecodedLogs.ScopeLogs: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, ["scope", "log_records"])
        let scope = try fields.message("scope", ["name", "version"])
        name = try scope?.value("name")
        version = try scope?.value("version")
        records = try fields.value("log_records") ?? []
    }
}

extension DecodedLogs.Record: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try Fields(
            decoder,
            [
                "time_unix_nano", "observed_time_unix_nano", "severity_number", "severity_text", "body", "attributes",
            ])
        self.init()
        time = try fields.value("time_unix_nano") ?? 0
        observedTime = try fields.value("observed_time_unix_nano") ?? 0
        severityNumber = try fields.value("severity_number") ?? 0
        severityText = try fields.value("severity_text")
        body = try fields.value("body")
        attributes = try fields.value("attributes") ?? []
    }
}

extension DecodedLogs.Attribute: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try Fields(decoder, ["key", "value"])
        guard let key: ExactText = try fields.value("key"), let value: DecodedLogs.Value = try fields.value("value")
        else { throw TestKitError("an attribute lacks its key or its value") }
        self.init(key, value)
    }
}

extension DecodedLogs.Value: Decodable {
    package init(from decoder: any Decoder) throws {
        let fields = try Fields(
            decoder, ["string_value", "int_value", "bool_value", "double_value", "array_value"])
        if let text: ExactText = try fields.value("string_value") {
            self = .text(text)
        } else if let number: Int64 = try fields.value("int_value") {
            self = .integer(number)
        } else if let flag: Bool = try fields.value("bool_value") {
            self = .boolean(flag)
        } else if let number: Double = try fields.value("double_value") {
            self = .float(number)
        } else if let list = try fields.message("array_value", ["values"]) {
            self = .list(try list.value("values") ?? [])
        } else {
            throw TestKitError("a value has no type")
        }
    }
}

extension ExactText: Decodable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }
}

/// The fields of a message that are set, all of which are expected.
private struct Fields {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private let container: KeyedDecodingContainer<Name>

    init(_ decoder: any Decoder, _ expected: Set<String>) throws {
        self.init(try decoder.container(keyedBy: Name.self))
        try check(expected)
    }

    private init(_ container: KeyedDecodingContainer<Name>) {
        self.container = container
    }

    private func check(_ expected: Set<String>) throws {
        for name in container.allKeys where !expected.contains(name.stringValue) {
            throw TestKitError("\(name.stringValue) is set, which was not expected")
        }
    }

    func value<Content: Decodable>(_ name: String) throws -> Content? {
        try container.decodeIfPresent(Content.self, forKey: Name(stringValue: name))
    }

    func message(_ name: String, _ expected: Set<String>) throws -> Fields? {
        let name = Name(stringValue: name)
        guard container.contains(name) else { return nil }
        let fields = Fields(try container.nestedContainer(keyedBy: Name.self, forKey: name))
        try fields.check(expected)
        return fields
    }
}
