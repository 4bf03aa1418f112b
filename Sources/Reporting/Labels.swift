/// The labels of a sample, written once for all samples that have them.
struct Labels {
    private(set) var text = ""

    init() {}

    init(_ name: String, _ value: String) {
        text = "\(name)=\"\(Self.escaped(value))\""
    }

    /// The same with one more.
    func with(_ name: String, _ value: String) -> Labels {
        var labels = Labels(name, value)
        if !text.isEmpty { labels.text = "\(text),\(labels.text)" }
        return labels
    }

    private static func escaped(_ text: String) -> String {
        let needsEscape = text.utf8.contains {
            $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
        }
        guard needsEscape else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
