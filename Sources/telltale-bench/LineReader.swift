internal import SystemCalls
internal import SystemPackage

/// The reader of a program's standard output: a thread that blocks in read and takes the time before anything else.
final class LineReader: Sendable {
    /// What the reader waits for.
    enum Expectation: Sendable {
        /// So many lines.
        case lines(Int)
        /// A line for each sequence number below the table's size (see ``ArrivalTable``), after so many others.
        case arrivals(ArrivalTable, after: Int = 0)
    }

    /// What has come so far.
    private struct Progress: Sendable {
        var lines = 0
        var bytes = 0
        /// When the read returned that brought the last expected line, on the monotonic clock.
        var completed: UInt64?
        var hasBegun = false
        var hasEnded = false
    }

    /// Large enough that reading never holds a writer up.
    private static let bufferSize = 1 << 20

    private let progress = Monitor(Progress())

    /// Takes the reading end of a pipe; the writing end is closed, so that the reader sees the program's end.
    init(consumingReadingEnd pipe: consuming Kernel.Pipe, expecting expected: Expectation) throws(Errno) {
        let progress = progress
        let input = Input(pipe)
        try Thread(named: "reader") { Self.read(input.descriptor, expected, progress) }.detach()
    }

    /// Carries the descriptor into the thread, and closes it after the last use.
    private final class Input: Sendable {
        let descriptor: OwnedDescriptor

        init(_ pipe: consuming Kernel.Pipe) {
            descriptor = pipe.reading
        }
    }

    private static func read(_ input: borrowing OwnedDescriptor, _ expected: Expectation, _ progress: Monitor<Progress>)
    {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferSize, alignment: 64)
        defer { buffer.deallocate() }
        var lines = 0
        var bytes = 0
        var isComplete = false
        while let count = try? input.read(into: buffer), count > 0 {
            let now = Clocks.monotonicNanoseconds()
            var isFirst = bytes == 0
            bytes += count
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            let hasAll: Bool
            switch expected {
            case .lines(let wanted):
                lines += LineEnds.count(in: piece)
                hasAll = lines >= wanted
            case .arrivals(_, let others) where lines < others:
                lines += LineEnds.count(in: piece)
                isFirst = lines >= others
                hasAll = false
            case .arrivals(let table, let others):
                isFirst = isFirst && others == 0
                lines += table.note(piece, at: now)
                hasAll = table.isComplete
            }
            guard isFirst || hasAll else { continue }
            let isNews = isFirst || !isComplete
            isComplete = hasAll
            progress.withLock {
                $0.hasBegun = true
                $0.lines = lines
                $0.bytes = bytes
                if hasAll, $0.completed == nil { $0.completed = now }
            }
            if isNews { progress.wake() }
        }
        progress.withLock {
            $0.lines = lines
            $0.bytes = bytes
            $0.hasEnded = true
        }
        progress.wake()
    }

    /// Waits for the first bytes, or for what comes before the arrivals; false when they do not come.
    func waitForBeginning(within seconds: Int) -> Bool {
        progress.wait(atMost: .seconds(seconds)) { $0.hasBegun ? true : $0.hasEnded ? false : nil } ?? false
    }

    /// Waits for all that is expected, and answers when it had come; nil when it does not come.
    func waitForAll(within seconds: Int) -> UInt64? {
        _ = progress.wait(atMost: .seconds(seconds)) { $0.completed != nil || $0.hasEnded ? true : nil }
        return progress.withLock { $0.completed }
    }

    /// Waits for the end of the output, and answers what came in all; nil when it does not end.
    func waitForEnd(within seconds: Int) -> (lines: Int, bytes: Int)? {
        progress.wait(atMost: .seconds(seconds)) { $0.hasEnded ? ($0.lines, $0.bytes) : nil }
    }

    /// Whether the output has ended, and with it, as a rule, the program.
    var hasEnded: Bool { progress.withLock { $0.hasEnded } }

    /// What has come so far, as far as it was told.
    var linesSoFar: Int { progress.withLock { $0.lines } }
}
