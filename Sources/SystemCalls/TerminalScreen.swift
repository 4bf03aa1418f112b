internal import CLinux
internal import Glibc
package import SystemPackage

/// The terminal that standard output is, while a program draws on the whole of it.
///
/// While it is taken, the alternate screen is shown, without a cursor, and keys come at once and are not echoed. All is as it
/// was before when the value goes. What keeps the terminal from being taken or given back is its own trouble: it then shows
/// what is written to it all the same.
package struct TerminalScreen: ~Copyable {
    /// The columns and rows where the terminal does not tell how many it has.
    private static let usualSize = (columns: 80, rows: 24)

    /// Alternate screen, no cursor, no wrapping of long lines.
    private static let take = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
    private static let giveBack = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
    private static let home = "\u{1B}[H"
    private static let clearRestOfLine = "\u{1B}[K"
    private static let clearBelow = "\u{1B}[J"

    /// How standard input was set; nil where it is no terminal.
    private let settings: termios?
    private var isTaken = false

    package init() {
        var settings = termios()
        self.settings = (try? once { tcgetattr(STDIN_FILENO, &settings) }) == nil ? nil : settings
        enter()
    }

    deinit {
        if isTaken { Self.restore(settings) }
    }

    /// Takes the terminal again after ``leave()``.
    package mutating func enter() {
        guard !isTaken else { return }
        isTaken = true
        if var keys = settings {
            keys.c_lflag &= ~tcflag_t(ECHO | ICANON)
            _ = try? retryingInterrupts { tcsetattr(STDIN_FILENO, TCSANOW, &keys) }
        }
        try? Self.write(Self.take)
    }

    /// Makes the terminal what it was.
    package mutating func leave() {
        guard isTaken else { return }
        isTaken = false
        Self.restore(settings)
    }

    /// The descriptor that tells keys; nil where standard input is no terminal.
    package var keys: CInt? { settings == nil ? nil : STDIN_FILENO }

    /// What was typed since, at most so many bytes as a line has; empty at the end of the input.
    ///
    /// It blocks until something is there.
    package func typed() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 256)
        // A terminal that went away has nothing more to say.
        let count = try? retryingInterrupts { Glibc.read(STDIN_FILENO, &bytes, bytes.count) }
        return Array(bytes.prefix(count ?? 0))
    }

    /// How large it is now.
    package var size: (columns: Int, rows: Int) {
        var columns: UInt16 = 0
        var rows: UInt16 = 0
        let code = try? retryingInterrupts { clinux_window_size(STDOUT_FILENO, &columns, &rows) }
        guard code != nil, columns > 0, rows > 0 else { return Self.usualSize }
        return (Int(columns), Int(rows))
    }

    /// Shows lines, no more than there are rows, in place of what was shown.
    ///
    /// Each is written over the old one, so that nothing flickers.
    ///
    /// - Throws: what keeps the terminal from taking it.
    package func draw(_ lines: [String]) throws(Errno) {
        let drawn = lines.map { $0 + Self.clearRestOfLine }.joined(separator: "\r\n")
        try Self.write(Self.home + drawn + Self.clearBelow)
    }

    /// Stops this process until somebody continues it, as the terminal's user asked.
    package mutating func pause() {
        leave()
        kill(getpid(), SIGSTOP)
        enter()
    }

    private static func restore(_ settings: termios?) {
        try? write(giveBack)
        if var settings { _ = try? retryingInterrupts { tcsetattr(STDIN_FILENO, TCSANOW, &settings) } }
    }

    private static func write(_ text: String) throws(Errno) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = try rest.span.withUnsafeBytes { (bytes) throws(Errno) in
                try retryingInterrupts { Glibc.write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
            }
            rest = rest.dropFirst(count)
        }
    }
}
