/// Whether words are coloured for a terminal.
package enum TextStyle: Sendable {
    case plain
    case coloured

    func bad(_ text: String) -> String { wrapped(text, in: "1;31") }

    func good(_ text: String) -> String { wrapped(text, in: "32") }

    func notable(_ text: String) -> String { wrapped(text, in: "33") }

    func faint(_ text: String) -> String { wrapped(text, in: "2") }

    /// `code` selects a rendition (ECMA-48, SGR), which ends with the text.
    private func wrapped(_ text: String, in code: String) -> String {
        switch self {
        case .plain: text
        case .coloured: "\u{1B}[\(code)m\(text)\u{1B}[0m"
        }
    }
}
