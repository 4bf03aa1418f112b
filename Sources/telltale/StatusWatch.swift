internal import Control
internal import Reporting
internal import SystemCalls
internal import SystemPackage

/// Shows on a terminal how a service is, again and again, until the terminal's user has seen enough.
struct StatusWatch: ~Copyable {
    /// What woke it.
    private enum Token: UInt32 {
        case signal
        case timer
        case answer
        case key
    }

    /// How long after a question the next one is asked, in nanoseconds.
    private static let interval: UInt64 = 1_000_000_000
    /// What Control-D and Control-C type where the terminal makes no end and no signal of them.
    private static let controlKeys: [UInt8] = [3, 4]

    private let signals: SignalDescriptor
    private let inquiry: StatusInquiry
    private let poller: Poller
    private var timer: DeadlineTimer
    private var terminal: TerminalScreen
    private var screen = StatusScreen()
    private let style: TextStyle = Terminal.standardOutputTakesColours ? .coloured : .plain

    private init(
        _ signals: SignalDescriptor, _ inquiry: StatusInquiry, _ poller: consuming Poller,
        _ timer: consuming DeadlineTimer
    ) {
        self.signals = signals
        self.inquiry = inquiry
        self.poller = poller
        self.timer = timer
        terminal = TerminalScreen()
    }

    /// Shows the status of the service that a client asks, until a key or a signal ends it.
    ///
    /// - Throws: the exit code, when this user may not ask; a failure, when the kernel or the terminal refuses what it needs.
    static func run(asking client: ControlClient) throws {
        SignalDescriptor.ignoreWhatErrorsTell()
        // Before the thread, which would take the signals else.
        let signals = try ServiceFailure.wrapping("Signals cannot be taken") { try SignalDescriptor(Signal.allCases) }
        let inquiry = try ServiceFailure.wrapping("A thread cannot be started") { try StatusInquiry(client) }
        let timer = try ServiceFailure.wrapping("A timer cannot be made") { try DeadlineTimer() }
        let poller = try ServiceFailure.wrapping("The kernel cannot be waited on") { try Poller() }
        var watch = StatusWatch(signals, inquiry, poller, timer)
        try ServiceFailure.wrapping("The kernel cannot be waited on") { try watch.addDescriptors() }
        try watch.run()
    }

    private func addDescriptors() throws(Errno) {
        try poller.add(signals.descriptor.rawValue, token: Token.signal.rawValue)
        try poller.add(timer.descriptor.rawValue, token: Token.timer.rawValue)
        try poller.add(inquiry.descriptor, token: Token.answer.rawValue)
        if let keys = terminal.keys { try poller.add(keys, token: Token.key.rawValue) }
    }

    private mutating func run() throws {
        try ask()
        while true {
            let tokens = try ServiceFailure.wrapping("The kernel cannot be waited on") {
                try poller.wait(.untilSomethingHappens)
            }
            for token in tokens.compactMap(Token.init(rawValue:)) {
                switch token {
                case .signal: if try !answerSignals() { return }
                case .timer:
                    timer.reset()
                    try ask()
                case .answer: try takeAnswer()
                case .key: if isEnd(terminal.typed()) { return }
                }
            }
        }
    }

    private mutating func ask() throws {
        inquiry.ask()
        try ServiceFailure.wrapping("A timer cannot be set") {
            try timer.arm(at: Clocks.nanosecondsSinceBoot() + Self.interval)
        }
    }

    /// False when they end it.
    private mutating func answerSignals() throws -> Bool {
        while let signal = signals.next() {
            switch signal {
            case .terminate, .interrupt, .hangUp: return false
            case .windowChange: try draw()
            case .pause:
                terminal.pause()
                try draw()
            }
        }
        return true
    }

    private mutating func takeAnswer() throws {
        switch inquiry.takeAnswer() {
        case nil: return
        case .status(let status): screen.show(status, at: Clocks.nanosecondsSinceBoot())
        case .failure(.notPermitted(let path)):
            // That does not pass by waiting.
            terminal.leave()
            throw ControlOptions.complain(of: .notPermitted(path))
        case .failure(.notRunning(let path)):
            screen.show(trouble: "nobody is at \(path). systemctl start telltale starts it.")
        case .failure(.noAnswer(_, let reason)):
            screen.show(trouble: "\(reason). See systemctl status telltale; its watchdog restarts it when it is stuck.")
        case .unreadable(let error): screen.show(trouble: "it is of another version: \(error).")
        }
        try draw()
    }

    private func draw() throws {
        let size = terminal.size
        do {
            try terminal.draw(screen.lines(columns: size.columns, rows: size.rows, style: style))
        } catch {
            throw ServiceFailure("the terminal cannot be written: \(error)", exitCode: .outputFailed)
        }
    }

    /// Whether keys say that it is enough; nothing typed is the end of the input.
    private func isEnd(_ keys: [UInt8]) -> Bool {
        keys.isEmpty || keys.contains { $0 | 0x20 == UInt8(ascii: "q") || Self.controlKeys.contains($0) }
    }
}
