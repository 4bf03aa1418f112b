/// The beginning of what a destination says, on one line, for the reason of a failure.
struct AnswerExcerpt {
    /// In code points; what follows is cut off.
    private static let longest = 200

    let text: String

    /// Repairs what is no UTF-8, and makes one space of white space and controls.
    init(_ said: some Collection<UInt8>) {
        var text = ""
        var length = 0
        var isApart = false
        // No code point takes more than four bytes; the rest is room for white space.
        for scalar in String(decoding: said.prefix(8 * Self.longest), as: UTF8.self).unicodeScalars {
            if Self.isSpace(scalar) {
                isApart = !text.isEmpty
                continue
            }
            guard length + (isApart ? 1 : 0) < Self.longest else {
                text += "…"
                break
            }
            if isApart { text += " " }
            length += isApart ? 2 : 1
            isApart = false
            text.unicodeScalars.append(scalar)
        }
        self.text = text
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
    }
}
