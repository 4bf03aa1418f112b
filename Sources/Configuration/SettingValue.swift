/// What a setting is set to.
package enum SettingValue: Hashable, Sendable {
    case text(String)
    case number(Int)
    case words([String])
}

extension SettingValue: CustomStringConvertible {
    /// The value as it may be written in a configuration file.
    package var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .words(let words): words.joined(separator: " ")
        }
    }
}
