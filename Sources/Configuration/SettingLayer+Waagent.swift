extension SettingLayer {
    /// What the VM agent's configuration file says of the settings that both programs have.
    ///
    /// It is another program's file: what is wrong there is a warning, and counts as not set. The agent's switch for extension
    /// telemetry is a constant of its code, and no key of this file.
    ///
    /// - Parameters:
    ///   - file: the file's bytes, or more of them than ``largestFile``.
    ///   - path: how the file was named.
    package init(waagentFile file: [UInt8], at path: String) {
        guard file.count <= Self.largestFile else {
            warnings.append(SettingProblem(.file(path: path), .tooLarge))
            return
        }
        for line in ConfigurationLines.parse(file, .lenient) {
            guard case .pair(let name, let value) = line.content, let shared = SharedKey(rawValue: name) else {
                continue
            }
            // Of several lines the last counts, as for the agent, also when it takes a value back.
            entries[shared.key] = nil
            guard value != SharedKey.notSet else { continue }
            let source = ValueSource.waagent(key: name, path: path, line: line.number)
            let place = SettingProblem.Place.line(path: path, line.number)
            // Half a path, or one that nobody wrote, would be waited for in silence.
            if let fault = SharedKey.fault(in: value) {
                warnings.append(SettingProblem(place, fault))
                continue
            }
            read(shared.written(value), as: shared.key, from: source, at: place)
        }
        warnings += problems
        problems = []
    }

    /// The keys of the VM agent's file that are asked for.
    enum SharedKey: String, CaseIterable {
        case logDirectory = "Extension.LogDir"
        case libraryDirectory = "Lib.Dir"
        case period = "Debug.EtpCollectionPeriod"

        /// The value that the agent takes as none.
        static let notSet = "None"

        /// Why a value is no text that anybody meant; nil when it may be one.
        ///
        /// What was no UTF-8 has become U+FFFD.
        static func fault(in value: String) -> SettingProblem.Fault? {
            if value.unicodeScalars.contains("\u{FFFD}") { return .notUTF8 }
            return value.unicodeScalars.contains(where: ShownText.isControl) ? .controlCharacter : nil
        }

        /// The setting that it is for us.
        var key: Setting.Key {
            switch self {
            case .logDirectory: .extensionLogDir
            case .libraryDirectory: .agentEventsDir
            case .period: .period
            }
        }

        /// The value as our setting has it: the agent writes its events into a directory of its library's.
        func written(_ value: String) -> String {
            switch self {
            case .libraryDirectory where !value.isEmpty: value.hasSuffix("/") ? "\(value)events" : "\(value)/events"
            default: value
            }
        }
    }
}
