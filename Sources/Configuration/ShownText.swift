/// A piece of what somebody wrote, made fit to stand in a message: bounded, on one line, free of what a terminal takes as
/// a command.
package struct ShownText: CustomStringConvertible {
    /// The longest piece that is shown where nothing else is asked for, in code points.
    package static let longest = 120

    package let description: String

    package init(_ text: String, limit: Int = longest) {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else {
                shown += "…"
                break
            }
            shown.unicodeScalars.append(Self.isControl(scalar) ? "\u{FFFD}" : scalar)
            count += 1
        }
        description = shown
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}"
    }
}
