internal import SystemCalls
internal import SystemPackage

/// The scans under way, one for each publisher, continued in turn.
struct DirectoryScans {
    /// A directory that is being read piece by piece.
    struct Scan {
        let publisher: Publisher
        let directory: Directory
        let entries: DirectoryEntries
    }

    /// Each scan holds its directory open: from this many on, scans are finished before new ones begin.
    static let crowd = 32
    /// Entries read in a turn before others get theirs.
    private static let entriesPerTurn = 64

    private var scans: [Scan] = []
    private var publishers: Set<Publisher> = []
    private var readInTurn = 0

    var isEmpty: Bool { scans.isEmpty }
    var isCrowded: Bool { scans.count >= Self.crowd }

    /// Whether the turn's share of entries is read.
    var isTurnOver: Bool { readInTurn >= Self.entriesPerTurn }

    mutating func beginTurn() {
        readInTurn = 0
    }

    /// The next entries of a scan; nil when all are read, or when the turn is over and the scan waits for the next.
    ///
    /// A small directory is finished at once.
    ///
    /// - Throws: what the kernel said; the scan is over then.
    mutating func nextEntries(of scan: Scan) throws(Errno) -> [DirectoryEntries.Entry]? {
        if isTurnOver {
            add(scan)
            return nil
        }
        let entries = try scan.entries.next()
        readInTurn += entries.count
        return entries.isEmpty ? nil : entries
    }

    func contains(_ publisher: Publisher) -> Bool { publishers.contains(publisher) }

    private mutating func add(_ scan: Scan) {
        remove(scan.publisher)
        scans.append(scan)
        publishers.insert(scan.publisher)
    }

    mutating func next() -> Scan? {
        guard !scans.isEmpty else { return nil }
        let scan = scans.removeFirst()
        publishers.remove(scan.publisher)
        return scan
    }

    mutating func remove(_ publisher: Publisher) {
        guard publishers.remove(publisher) != nil else { return }
        scans.removeAll { $0.publisher == publisher }
    }
}
