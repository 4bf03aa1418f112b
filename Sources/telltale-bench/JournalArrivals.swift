internal import SystemCalls
internal import SystemPackage
internal import Systemd

/// A thread that notes when the events of a table can be read in a journal.
final class JournalArrivals: Sendable {
    private struct Progress: Sendable {
        var isComplete = false
        var isOver = false
        var failure: Errno?
    }

    /// How long it does not look, in nanoseconds: no arrival is noted later than by this.
    private static let interval: UInt64 = 250_000
    /// So often it looks only for entries before it looks for files.
    private static let looksBetweenFiles = 400

    private let progress = Monitor(Progress())

    /// Begins to read; what the journal holds by then is passed over.
    init(of table: ArrivalTable, inMachineAt root: FilePath) throws(Errno) {
        let progress = progress
        let isReading = Monitor(false)
        try Thread(named: "journal") {
            Kernel.precedeOthers()
            do throws(Errno) {
                let journal = try JournalReader(ofMachineAt: root)
                while try journal.next({ _ in }) {}
                isReading.withLock { $0 = true }
                isReading.wake()
                try Self.read(journal, table, progress)
            } catch {
                progress.withLock { $0.failure = error }
                isReading.withLock { $0 = true }
                isReading.wake()
            }
            progress.wake()
        }.detach()
        isReading.wait { $0 ? () : nil }
    }

    private static func read(
        _ journal: borrowing JournalReader, _ table: ArrivalTable, _ progress: Monitor<Progress>
    ) throws(Errno) {
        var looks = 0
        while !table.isComplete {
            if progress.withLock({ $0.isOver }) { return }
            while try journal.next({ _ = table.note($0, at: Clocks.monotonicNanoseconds()) }) {}
            looks += 1
            if looks.isMultiple(of: looksBetweenFiles) { try journal.lookForFiles() }
            Kernel.sleep(until: Clocks.monotonicNanoseconds() + interval)
        }
        progress.withLock { $0.isComplete = true }
    }

    /// Waits for all events; false when they do not come.
    func waitForAll(within seconds: Int) throws(Errno) -> Bool {
        _ = progress.wait(atMost: .seconds(seconds)) { $0.isComplete || $0.failure != nil ? true : nil }
        let (isComplete, failure) = progress.withLock { progress in
            progress.isOver = true
            return (progress.isComplete, progress.failure)
        }
        if let failure { throw failure }
        return isComplete
    }
}
