/// A text in Prometheus' exposition format, version 0.0.4, while it is written: a family of samples after the other.
///
/// It holds no timestamps, as the node exporter's textfile collector wants it.
struct Exposition {
    /// What the samples of a family mean.
    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    private(set) var text = ""
    private var family = ""
    /// What stands before the first sample of the family.
    private var head = ""

    /// Begins a family; its samples follow, and no other family has its name.
    ///
    /// One without samples is not written.
    mutating func begin(_ name: String, _ kind: Kind, _ help: String) {
        family = name
        head = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// Adds a sample of the family that was begun last; no other of it has the same labels.
    mutating func add(_ value: String, _ labels: Labels = Labels(), suffix: String = "") {
        text += head
        head = ""
        text += family
        text += suffix
        if !labels.text.isEmpty {
            text += "{"
            text += labels.text
            text += "}"
        }
        text += " "
        text += value
        text += "\n"
    }

    mutating func add(_ value: Int, _ labels: Labels = Labels()) {
        add(String(value), labels)
    }
}
