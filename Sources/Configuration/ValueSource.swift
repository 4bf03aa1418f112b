/// Where a value was set.
package enum ValueSource: Hashable, Sendable {
    /// On the command line.
    case option
    /// In the environment.
    case environment
    /// In Telltale's configuration file.
    case file(path: String, line: Int)
    /// In the VM agent's configuration file, under a name of its own.
    case waagent(key: String, path: String, line: Int)
    /// Nowhere: the default holds.
    case fallback

    /// The strength of the source: of several that set a value, the one with the highest counts.
    var precedence: Int {
        switch self {
        case .option: 4
        case .environment: 3
        case .file: 2
        case .waagent: 1
        case .fallback: 0
        }
    }

    /// The setting's name as it is written there.
    func name(of key: Setting.Key) -> String {
        switch self {
        case .option, .fallback: key.option
        case .environment: key.variable
        case .file: key.rawValue
        case .waagent(let theirs, _, _): theirs
        }
    }

    /// How a sentence about several places names the setting.
    package func nameWithPlace(of key: Setting.Key) -> String {
        switch self {
        case .option, .fallback, .environment: name(of: key)
        case .file(let path, let line), .waagent(_, let path, let line): "\(name(of: key)) in \(path):\(line)"
        }
    }

    /// How a table names the source.
    package func description(of key: Setting.Key) -> String {
        switch self {
        case .option: "option"
        case .environment: key.variable
        case .file(let path, let line): "\(path):\(line)"
        case .waagent(let theirs, let path, let line): "\(path):\(line), \(theirs)"
        case .fallback: Setting[key].fallback.isDerived ? "default: \(Setting[key].fallback)" : "default"
        }
    }
}

extension Setting.Default {
    /// Whether the default depends on other settings.
    fileprivate var isDerived: Bool {
        switch self {
        case .sameAs, .sinksOfTheDestinations: true
        case .value, .nothing: false
        }
    }
}
