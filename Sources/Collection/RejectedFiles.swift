package import SystemCalls
package import SystemPackage
package import TelemetryEvents

/// The rejected files that a spool keeps, for whoever asks beside the running service, which may add and remove some
/// meanwhile.
package struct RejectedFiles {
    /// A rejected file by the names under which it and its record lie.
    package struct Item {
        package let claim: ClaimID
        let publisher: Publisher
        fileprivate(set) var record: FileName?
        fileprivate(set) var kept: FileName?

        /// The extension's handler; nil for the VM agent's files.
        package var handler: FileName? {
            switch publisher {
            case .handler(let name): name
            case .agent: nil
            }
        }
    }

    private let root: Directory

    /// Opens the store of the spool at `path`.
    ///
    /// - Throws: what the kernel said; `noSuchFileOrDirectory` when nothing was rejected yet, or when there is no spool.
    package init(ofSpoolAt path: FilePath) throws(Errno) {
        root = try Directory(named: RejectedStore.directory, in: try Directory(at: path))
    }

    /// What is there, from the oldest to the newest.
    package func items() throws(Errno) -> [Item] {
        var items: [Item] = []
        try root.forEachEntry { entry throws(Errno) in
            let publisher = RejectedStore.publisher(ofDirectory: entry.name)
            do throws(Errno) {
                items += try self.items(of: publisher)
            } catch .noSuchFileOrDirectory {
                // Its last file went meanwhile.
            } catch .notDirectory {
                // Not ours.
            }
        }
        return items.sorted { $0.claim < $1.claim }
    }

    /// The record of an item; nil when it has none, or when it went meanwhile.
    package func record(of item: Item) throws(Errno) -> [UInt8]? {
        try contents(item.record, of: item, limit: Self.recordLimit)
    }

    /// The file as its publisher wrote it, at most `limit` bytes; nil when it is not kept, or went meanwhile.
    package func file(of item: Item, limit: Int) throws(Errno) -> [UInt8]? {
        try contents(item.kept, of: item, limit: limit)
    }

    /// The largest record that is read, in bytes: one has some twenty rejections.
    private static let recordLimit = 1 << 20

    private func contents(_ name: FileName?, of item: Item, limit: Int) throws(Errno) -> [UInt8]? {
        guard let name else { return nil }
        do {
            let directory = try Directory(named: RejectedStore.directoryName(of: item.publisher), in: root)
            let file = try directory.openForReading(name)
            guard try file.status().kind == .regular else { return nil }
            return try file.readAll(limit: limit)
        } catch Errno.noSuchFileOrDirectory {
            return nil
        }
    }

    private func items(of publisher: Publisher) throws(Errno) -> [Item] {
        var items: [ClaimID: Item] = [:]
        let directory = try Directory(named: RejectedStore.directoryName(of: publisher), in: root)
        try directory.forEachEntry { entry throws(Errno) in
            let name = entry.name
            guard let claim = ClaimID(name.bytes.prefix(ClaimID.length)) else { return }
            var item = items[claim] ?? Item(claim: claim, publisher: publisher)
            if name == RejectedStore.recordName(of: claim) { item.record = name } else { item.kept = name }
            items[claim] = item
        }
        return Array(items.values)
    }
}
