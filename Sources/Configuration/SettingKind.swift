/// What a setting takes.
package enum SettingKind: Hashable, Sendable {
    /// The unit of a number.
    package enum Unit: String, Sendable {
        case events
        case files
        case seconds
        case milliseconds
        case megabytes

        /// The unit as it stands behind a value.
        var abbreviation: String {
            switch self {
            case .events: "events"
            case .files: "files"
            case .seconds: "s"
            case .milliseconds: "ms"
            case .megabytes: "MB"
            }
        }
    }

    /// The path of a directory.
    case directory
    /// The path of a file.
    case file
    /// The path of a file, or `-` for standard output.
    case output
    /// The path of a file, or `none`.
    case fileOrNone
    /// The host of a service, with or without a port.
    case endpoint
    /// The URL of a service, to whose path something is appended.
    case url
    /// Header fields, whose values are nobody's business.
    case headers
    /// A whole number.
    case number(ClosedRange<Int>, Unit)
    /// One word of several.
    case choice([String])
    /// Some words of several, each at most once, with white space or commas between them.
    case choices([String])

    /// The word that stands for a file that is not to be read.
    package static let noFile = "none"

    /// Whether the setting may be repeated.
    package var isList: Bool {
        if case .choices = self { true } else { false }
    }

    /// How the help names the value.
    package var placeholder: String {
        switch self {
        case .directory: "dir"
        case .file: "file"
        case .output: "file|-"
        case .fileOrNone: "file|\(Self.noFile)"
        case .endpoint: "host[:port]"
        case .url: "url"
        case .headers: "name=value,…"
        case .number(_, .events), .number(_, .files): "n"
        case .number(_, .seconds): "seconds"
        case .number(_, .milliseconds): "ms"
        case .number(_, .megabytes): "mb"
        case .choice(let words): words.joined(separator: "|")
        case .choices: "name"
        }
    }

    /// A value with its unit, for people; of header fields the names alone.
    package func shown(_ value: SettingValue) -> String {
        switch self {
        case .number(_, let unit): "\(value) \(unit.abbreviation)"
        case .headers: shownHeaders("\(value)")
        default: "\(value)"
        }
    }

    private func shownHeaders(_ written: String) -> String {
        (RequestHeaders(written)?.fields ?? []).map { "\($0.name)=…" }.joined(separator: ",")
    }

    /// What was expected where a value is wrong.
    var expectation: String {
        switch self {
        case .directory: "the path of a directory was expected"
        case .file: "the path of a file was expected"
        case .output: "the path of a file, or - for standard output, was expected"
        case .fileOrNone: "the path of a file, or \(Self.noFile), was expected"
        case .endpoint: "a host with or without a port was expected, such as 127.0.0.1:8080"
        case .url: "a URL was expected, such as https://collector.example:4318"
        case .headers: "header fields were expected, such as Authorization=Bearer%20TOKEN"
        case .number(let range, let unit): "\(range.lowerBound) to \(range.upperBound) \(unit.rawValue) were expected"
        case .choice(let words), .choices(let words):
            "\((words.dropLast(2) + [words.suffix(2).joined(separator: " or ")]).joined(separator: ", ")) was expected"
        }
    }

    /// Reads what was written; nil when it is not what is expected.
    func value(of written: String) -> SettingValue? {
        switch self {
        case .directory, .file, .output, .fileOrNone:
            return written.isEmpty ? nil : .text(written)
        case .endpoint:
            return ServiceEndpoint(written) == nil ? nil : .text(written)
        case .url:
            return (try? ServiceURL(base: written)) == nil ? nil : .text(written)
        case .headers:
            return RequestHeaders(written) == nil ? nil : .text(written)
        case .number(let range, _):
            let isDigits = !written.isEmpty && written.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
            guard isDigits, let number = Int(written), range.contains(number) else { return nil }
            return .number(number)
        case .choice(let words):
            return words.contains(written) ? .text(written) : nil
        case .choices(let words):
            let chosen = written.split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
            return chosen.isEmpty || !chosen.allSatisfy(words.contains) ? nil : .words(chosen)
        }
    }
}
