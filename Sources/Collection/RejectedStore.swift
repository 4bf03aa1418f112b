internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// The publishers' files that were rejected, whole or in part, as they were: for whoever wants to know why an event was
/// not delivered.
///
///     <spool>/rejected/<handler>/<claim>-<name>   the file
///     <spool>/rejected/<handler>/<claim>.json     its record (see RejectionRecord)
///     <spool>/rejected/-agent/                    the VM agent's, as no handler's name begins with a hyphen
///
/// Bounded: the newest are kept. Nothing here is owed to anybody, so nothing is made durable.
final class RejectedStore {
    static let directory: FileName = "rejected"
    static let agentDirectory: FileName = "-agent"
    static let recordSuffix = Array(".json".utf8)
    /// What a file takes on disk at the least, in bytes: a block of the usual file systems.
    private static let block = 4096
    /// More than any bound, in bytes; the sum of many of these can still be counted.
    private static let largestCounted = 1 << 44

    private let spool: Spool
    private var index: RejectedIndex
    private var root: Directory?
    private var directories = DirectoryCache<Publisher>()
    /// What has to go; what could not be removed stays here and is tried again.
    private var leaving: [RejectedIndex.Entry] = []

    /// Takes stock of what an earlier process kept.
    ///
    /// - Throws: what the kernel said when the store is there and cannot be read.
    init(in spool: Spool, limits: RejectedLimits) throws(Errno) {
        self.spool = spool
        index = RejectedIndex(limits)
        do {
            root = try Directory(named: Self.directory, in: spool.root)
        } catch Errno.noSuchFileOrDirectory {
            return
        }
        try takeStock()
    }

    /// Files that are kept, their records included.
    var fileCount: Int { index.count }
    /// What they take on disk.
    var bytes: Int { index.bytes }

    /// Keeps a claimed file whose record says why, and lets the claim go.
    ///
    /// A file that may be another's (a link) or that is too large for the store is removed; its record is kept all the same.
    /// What has to go for it stays until ``removeLeaving()``.
    ///
    /// - Throws: what the kernel said; the claim is where it was then.
    func keep(
        _ claim: Claim, of publisher: Publisher, _ record: RejectionRecord, because settlement: Settlement,
        at now: UInt64
    ) throws(Errno) {
        guard index.limits.bytes > 0 else { return try spool.remove(claim, of: publisher, because: settlement) }
        let isKept = mayBeKept(record)
        let name = Self.name(of: claim)
        let recordName = Self.recordName(of: claim.id)
        var record = record
        record.rejectedAt = Int64(clamping: now)
        record.keptAs = isKept ? name.description : nil
        let text = Array(record.json.utf8)
        let directory = try write(text, to: recordName, of: publisher)
        do throws(Errno) {
            if isKept {
                try spool.move(claim, of: publisher, to: directory, as: name, because: settlement)
            } else {
                try spool.remove(claim, of: publisher, because: settlement)
            }
        } catch {
            // A record that nobody counts would stay for good.
            _ = try? directory.removeFile(recordName)
            throw error
        }
        add(recordName, size: text.count, of: claim.id, publisher)
        if isKept { add(name, size: record.size, of: claim.id, publisher) }
    }

    /// Takes a file that came into the index.
    private func add(_ name: FileName, size: Int, of claim: ClaimID, _ publisher: Publisher) {
        leaving += index.add(.init(publisher: publisher, claim: claim, name: name, bytes: Self.onDisk(size)))
    }

    /// Takes note of what is older than the limit, which has to go.
    func expire(at now: UInt64) {
        leaving += index.takeExpired(at: now)
    }

    /// Removes what has to go.
    ///
    /// - Throws: what the kernel said of the first file that it did not remove; all others are gone.
    func removeLeaving() throws(Errno) {
        var failed: [RejectedIndex.Entry] = []
        var failure: Errno?
        for entry in leaving {
            do throws(Errno) {
                try remove(entry)
            } catch {
                failed.append(entry)
                failure = failure ?? error
            }
        }
        leaving = failed
        if let failure { throw failure }
    }

    private func mayBeKept(_ record: RejectionRecord) -> Bool {
        if case .notARegularFile = record.fileRejection { return false }
        return Self.onDisk(record.size) + Self.block <= index.limits.bytesPerPublisher
    }

    // MARK: Names

    /// The name of a kept file: the claim's, cut where a name of the publisher's is too long to stand beside the id.
    private static func name(of claim: Claim) -> FileName {
        guard claim.isNested else { return claim.entry }
        return FileName(claim.entry.bytes + claim.name.bytes.prefix(Claim.longestName - ClaimID.length - 1))
    }

    static func recordName(of claim: ClaimID) -> FileName {
        var bytes: [UInt8] = []
        claim.write(to: &bytes)
        return FileName(bytes + recordSuffix)
    }

    static func publisher(ofDirectory name: FileName) -> Publisher {
        name == agentDirectory ? .agent : .handler(name)
    }

    static func directoryName(of publisher: Publisher) -> FileName {
        switch publisher {
        case .agent: agentDirectory
        case .handler(let name): name
        }
    }

    /// What a file of so many bytes takes on disk; a sparse one may claim as many as an integer holds.
    private static func onDisk(_ size: Int) -> Int { (min(size, largestCounted) + block - 1) / block * block }

    // MARK: The directories

    private func directory(of publisher: Publisher) throws(Errno) -> Directory {
        if let known = directories[publisher] { return known }
        if root == nil {
            try spool.root.makeDirectory(Self.directory)
            root = try Directory(named: Self.directory, in: spool.root)
        }
        guard let root else { throw .noSuchFileOrDirectory }
        let name = Self.directoryName(of: publisher)
        try root.makeDirectory(name)
        let opened = try Directory(named: name, in: root)
        directories[publisher] = opened
        return opened
    }

    /// Reads which files are there.
    private func takeStock() throws(Errno) {
        guard let root else { return }
        var stock: [RejectedIndex.Entry] = []
        try root.forEachEntry { entry throws(Errno) in
            guard entry.kind == .directory || entry.kind == nil else { return }
            try takeStock(of: Self.publisher(ofDirectory: entry.name), in: root, &stock)
        }
        leaving = index.takeUp(stock)
    }

    private func takeStock(
        of publisher: Publisher, in root: Directory, _ stock: inout [RejectedIndex.Entry]
    ) throws(Errno) {
        let directory = try Directory(named: Self.directoryName(of: publisher), in: root)
        try directory.forEachEntry { file throws(Errno) in
            // What bears no claim's id is not ours and is left alone.
            guard let id = ClaimID(file.name.bytes.prefix(ClaimID.length)),
                let status = try directory.status(of: file.name), status.kind == .regular
            else { return }
            stock.append(.init(publisher: publisher, claim: id, name: file.name, bytes: Self.onDisk(status.size)))
        }
    }

    /// Writes a record, and answers the directory that it is in.
    private func write(_ text: [UInt8], to name: FileName, of publisher: Publisher) throws(Errno) -> Directory {
        do {
            let directory = try directory(of: publisher)
            try write(text, to: name, in: directory)
            return directory
        } catch Errno.noSuchFileOrDirectory {
            // An operator removed a directory that we keep open.
            directories = DirectoryCache()
            root = nil
            let directory = try directory(of: publisher)
            try write(text, to: name, in: directory)
            return directory
        }
    }

    private func write(_ text: [UInt8], to name: FileName, in directory: Directory) throws(Errno) {
        let record = try directory.openAnew(name)
        do {
            try record.writeAll(text)
        } catch {
            // Half a record says nothing; what is wrong with the disk is told by the first error.
            _ = try? directory.removeFile(name)
            throw error
        }
    }

    /// Removes a file, and its directory with the last one; an operator may have been quicker.
    private func remove(_ entry: RejectedIndex.Entry) throws(Errno) {
        guard let root else { return }
        let name = Self.directoryName(of: entry.publisher)
        do {
            let directory =
                if let known = directories[entry.publisher] { known } else { try Directory(named: name, in: root) }
            try directory.removeFile(entry.name)
        } catch Errno.noSuchFileOrDirectory {}
        guard index.isEmpty(of: entry.publisher) else { return }
        directories[entry.publisher] = nil
        do {
            try root.removeDirectory(name)
        } catch Errno.noSuchFileOrDirectory {
        } catch Errno.directoryNotEmpty {
            // Another of its files goes next, or someone put something else there, which is not ours.
        }
    }
}
