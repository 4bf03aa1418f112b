/// What is wrong with what somebody set, and where.
package struct SettingProblem: Hashable, Sendable {
    /// Where it stands.
    package enum Place: Hashable, Sendable {
        case option(Setting.Key)
        case variable(String)
        case line(path: String, Int)
        /// A file as a whole.
        case file(path: String)
        /// Several places, which the text names.
        case several
    }

    /// What is wrong.
    package enum Fault: Hashable, Sendable {
        case unknownKey(String, nearest: String?)
        case wrongValue(key: String, value: String, expected: String)
        /// The key stands on another line too.
        case doubled(key: String, first: Int)
        /// One word of a list stands there twice.
        case namedTwice(key: String, word: String)
        case noEquals(String)
        case noKey
        case openQuote(key: String)
        case behindQuote(key: String, String)
        case notUTF8
        case controlCharacter
        case tooLarge
        /// What the kernel said.
        case unreadable(reason: String)
        /// Two settings that contradict each other; the text says what helps.
        case conflict(String)
    }

    package let place: Place
    package let fault: Fault

    package init(_ place: Place, _ fault: Fault) {
        self.place = place
        self.fault = fault
    }

    /// Whether the command line alone is wrong.
    package var isUsage: Bool {
        if case .option = place { true } else { false }
    }
}

extension SettingProblem: CustomStringConvertible {
    /// One sentence, without a full stop, that names the place, the thing, its value and what was expected.
    package var description: String {
        switch place {
        case .option, .variable, .several: "\(fault)"
        case .line(let path, let number): "\(path):\(number): \(fault)"
        case .file(let path): "\(path): \(fault)"
        }
    }
}

extension SettingProblem.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownKey(let key, let nearest):
            "\(ShownText(key)) is no setting" + (nearest.map { "; the nearest is \($0)" } ?? "")
        case .wrongValue(let key, "", let expected): "\(key) is empty; \(expected)"
        case .wrongValue(let key, let value, let expected): "\(key) is \(ShownText(value)); \(expected)"
        case .doubled(let key, let first): "\(key) stands on line \(first) already; set it once"
        case .namedTwice(let key, let word): "\(key) names \(word) twice; name each once"
        case .noEquals(let text): "\"\(ShownText(text))\" has no =; a line is: key = value"
        case .noKey: "no key stands before =; a line is: key = value"
        case .openQuote(let key): "the quote that the value of \(ShownText(key)) begins with is not closed"
        case .behindQuote(let key, let text):
            "\"\(ShownText(text))\" stands behind the closing quote of \(ShownText(key)); only a comment may"
        case .notUTF8: "the line is not UTF-8"
        case .controlCharacter: "the line holds a control character"
        case .tooLarge: "the file is larger than \(ConfigurationLines.largestFile) bytes, the most that is read"
        case .unreadable(let reason): "the file cannot be read: \(reason)"
        case .conflict(let text): text
        }
    }
}
