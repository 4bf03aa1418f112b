/// The text of a notice, made fit for a log: bounded, and free of what a terminal or a log would take as a command.
///
/// Names that publishers choose stand in messages.
struct NoticeText {
    /// The longest message, in bytes; the rest is cut off.
    ///
    /// With prefix and counts a line stays below 4096 bytes, which a writable pipe takes without blocking (pipe(7)).
    static let longest = 3072

    let text: String

    init(_ message: String, leftOut: Repetition.LeftOut) {
        var text = ""
        var length = 0
        for scalar in message.unicodeScalars {
            let safe = Self.isControl(scalar) ? (scalar == "\n" || scalar == "\t" ? " " : "\u{FFFD}") : scalar
            length += UTF8.width(safe)
            guard length <= Self.longest else {
                text += "…"
                break
            }
            text.unicodeScalars.append(safe)
        }
        if leftOut.notices > 0 { text += " (\(leftOut.notices) more like this since the last)" }
        self.text = text
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar == "\u{2028}" || scalar == "\u{2029}"
    }
}
