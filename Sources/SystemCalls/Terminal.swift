internal import Glibc

/// What a person who reads our output can see.
package enum Terminal {
    /// Whether standard output goes to a terminal that shows colours, to someone who wants them (no `NO_COLOR`).
    package static var standardOutputTakesColours: Bool {
        guard standardOutputIsTerminal, !isSet("NO_COLOR") else { return false }
        guard let kind = getenv("TERM") else { return false }
        return strcmp(kind, "dumb") != 0
    }

    /// Whether standard output is a terminal.
    package static var standardOutputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether an environment variable holds anything.
    private static func isSet(_ name: String) -> Bool {
        getenv(name).map { $0.pointee != 0 } ?? false
    }
}
