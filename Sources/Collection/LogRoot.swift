internal import SystemCalls
internal import SystemPackage

/// The directory that holds the handlers' directories: which one it is, and how far it is listed.
struct LogRoot {
    /// What tells one directory from another that took its place.
    private struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64

        init?(_ directory: Directory) {
            guard let status = try? directory.status() else { return nil }
            device = status.device
            inode = status.inode
        }
    }

    /// Where it is configured to be; nil: handlers are not collected.
    let path: FilePath?
    /// Held while there is work only: the kernel tells of a directory's removal when nobody holds it any more.
    private var held: Directory?
    /// Nil while it is missing.
    private var identity: Identity?
    private var listing: DirectoryEntries?

    init(at path: FilePath?) {
        self.path = path
    }

    /// Whether it was there when it was last examined.
    var isKnown: Bool { identity != nil }

    /// Whether its entries are being read.
    var isListing: Bool { listing != nil }

    /// Takes up the directory that was found in its place, and answers whether another was known there.
    mutating func take(_ found: Directory) -> Bool {
        let known = identity
        identity = Identity(found)
        held = found
        return known.map { $0 != identity } ?? false
    }

    /// Forgets a directory that is missing.
    mutating func forget() {
        held = nil
        identity = nil
        listing = nil
    }

    /// Closes the directory until it is needed again.
    mutating func letGo() {
        held = nil
    }

    /// The directory that was taken up, kept open on request; nil when it is missing now, or another is in its place.
    ///
    /// - Throws: what the kernel said when it cannot tell.
    mutating func directory(keeping isKept: Bool) throws(Errno) -> Directory? {
        if let held { return held }
        guard let identity, let path else { return nil }
        let opened: Directory
        do {
            opened = try Directory(at: path)
        } catch let error where error.saysThereIsNone {
            return nil
        }
        guard Identity(opened) == identity else { return nil }
        if isKept { held = opened }
        return opened
    }

    /// Begins to read the entries from the first.
    mutating func beginListing() {
        listing = try? held?.entries()
    }

    /// The next entries; an empty list ends the listing, and so does an error.
    mutating func nextEntries() throws(Errno) -> [DirectoryEntries.Entry] {
        do throws(Errno) {
            let entries = try listing?.next() ?? []
            if entries.isEmpty { listing = nil }
            return entries
        } catch {
            listing = nil
            throw error
        }
    }
}
