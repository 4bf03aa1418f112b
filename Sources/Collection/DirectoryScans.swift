internal import SystemCalls

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

    private var scans: [Scan] = []
    private var publishers: Set<Publisher> = []

    var isEmpty: Bool { scans.isEmpty }
    var isCrowded: Bool { scans.count >= Self.crowd }

    func contains(_ publisher: Publisher) -> Bool { publishers.contains(publisher) }

    mutating func add(_ scan: Scan) {
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
