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

    private let spool: Spool
    private var index: RejectedIndex
    private var root: Directory?
    private var directories = DirectoryCache<Publisher>()

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

    /// Keeps a claimed file whose record says why, and lets the claim go.
    ///
    /// A file that may be another's (a link) or that is too large for the store is removed; its record is kept all the same.
    ///
    /// - Throws: what the kernel said; the claim is where it was then.
    func keep(
        _ claim: Claim, of publisher: Publisher, _ record: RejectionRecord, because settlement: Settlement,
        at now: UInt64
    ) throws(Errno) {
        guard index.limits.bytes > 0 else { return try spool.remove(claim, of: publisher, because: settlement) }
        let directory = try directory(of: publisher)
        let isKept = mayBeKept(record)
        let name = Self.name(of: claim)
        var record = record
        record.rejectedAt = Int64(clamping: now)
        record.keptAs = isKept ? name.description : nil
        let text = Array(record.json.utf8)
        try write(text, to: Self.recordName(of: claim.id), in: directory)
        if isKept {
            try spool.move(claim, of: publisher, to: directory, as: name, because: settlement)
        } else {
            try spool.remove(claim, of: publisher, because: settlement)
        }
        try add(Self.recordName(of: claim.id), size: text.count, of: claim.id, publisher)
        if isKept { try add(name, size: record.size, of: claim.id, publisher) }
    }

    /// Takes a file that came into the index, and removes what has to go for it.
    private func add(_ name: FileName, size: Int, of claim: ClaimID, _ publisher: Publisher) throws(Errno) {
        let entry = RejectedIndex.Entry(publisher: publisher, claim: claim, name: name, bytes: Self.onDisk(size))
        for gone in index.add(entry) { try remove(gone) }
    }

    /// Removes what is older than the limit.
    func expire(at now: UInt64) throws(Errno) {
        for entry in index.takeExpired(at: now) { try remove(entry) }
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

    private static func onDisk(_ size: Int) -> Int { (size + block - 1) / block * block }

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
        try root.forEachEntry { entry throws(Errno) in
            guard entry.kind == .directory || entry.kind == nil else { return }
            try takeStock(of: Self.publisher(ofDirectory: entry.name), in: root)
        }
    }

    private func takeStock(of publisher: Publisher, in root: Directory) throws(Errno) {
        let directory = try Directory(named: Self.directoryName(of: publisher), in: root)
        try directory.forEachEntry { file throws(Errno) in
            // What bears no claim's id is not ours and is left alone.
            guard let id = ClaimID(file.name.bytes.prefix(ClaimID.length)),
                let status = try directory.status(of: file.name)
            else { return }
            try add(file.name, size: status.size, of: id, publisher)
        }
    }

    private func write(_ text: [UInt8], to name: FileName, in directory: Directory) throws(Errno) {
        do {
            try directory.removeFile(name)
        } catch Errno.noSuchFileOrDirectory {
            // The usual case: no process was killed between writing the record and moving the file.
        }
        do {
            try directory.openForWriting(name, .new).writeAll(text)
        } catch {
            // Half a record says nothing; what is wrong with the disk is told by the first error.
            _ = try? directory.removeFile(name)
            throw error
        }
    }

    private func remove(_ entry: RejectedIndex.Entry) throws(Errno) {
        try removeIfThere(entry.name, in: try directory(of: entry.publisher))
        guard index.isEmpty(of: entry.publisher), let root else { return }
        directories[entry.publisher] = nil
        do {
            try root.removeDirectory(Self.directoryName(of: entry.publisher))
        } catch Errno.directoryNotEmpty {
            // Someone put something else there; it is not ours.
        }
    }

    private func removeIfThere(_ name: FileName, in directory: Directory) throws(Errno) {
        do {
            try directory.removeFile(name)
        } catch Errno.noSuchFileOrDirectory {
            // An operator was quicker.
        }
    }
}
