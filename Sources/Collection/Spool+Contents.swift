internal import Delivery
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// What lies in the spool, for whoever takes it up again.
extension Spool {
    /// The shelves that exist.
    ///
    /// What is owed to sinks that are not configured has a shelf as well; `stranger` is told the directories that are none.
    func shelves(stranger: (FileName) -> Void) throws(Errno) -> [Shelf] {
        var shelves: [Shelf] = [.arrived]
        let owed: Directory
        do {
            owed = try Directory(named: "owed", in: root)
        } catch Errno.noSuchFileOrDirectory {
            return shelves
        }
        try owed.forEachEntry { entry throws(Errno) in
            guard entry.kind == .directory || entry.kind == nil, let sinks = sinks(named: entry.name) else {
                return stranger(entry.name)
            }
            shelves.append(.owed(sinks))
        }
        return shelves
    }

    /// The publishers that have a directory on a shelf.
    func publishers(on shelf: Shelf) throws(Errno) -> [Publisher] {
        var publishers: [Publisher] = []
        let parent: Directory
        let extensions: Directory
        do {
            parent = try self.parent(on: shelf, making: false)
            if try parent.status(of: "agent") != nil { publishers.append(.agent) }
            extensions = try Directory(named: "extensions", in: parent)
        } catch Errno.noSuchFileOrDirectory {
            return publishers
        }
        try extensions.forEachEntry { entry throws(Errno) in
            if entry.kind == .directory || entry.kind == nil { publishers.append(.handler(entry.name)) }
        }
        return publishers
    }

    /// Tells each claim of a publisher on a shelf, with its size where that is `sized`, and the entries that are none.
    func forEachClaim(
        of publisher: Publisher, on shelf: Shelf, sized: Bool, _ body: (Claim) -> Void, stranger: (FileName) -> Void
    ) throws(Errno) {
        let directory: Directory
        do {
            directory = try self.directory(of: publisher, on: shelf, making: false)
        } catch Errno.noSuchFileOrDirectory {
            return
        }
        try directory.forEachEntry { entry throws(Errno) in
            guard let (id, name) = Claim.parse(entry: entry.name) else { return stranger(entry.name) }
            if !name.isEmpty {
                let size = sized ? try directory.status(of: entry.name)?.size : nil
                body(Claim(id: id, name: FileName(name), size: size, shelf: shelf))
            } else if let nested = try nestedFile(in: entry.name, of: directory, sized: sized) {
                body(Claim(id: id, name: nested.name, size: nested.size, shelf: shelf))
            }
        }
    }

    /// The one file in the directory of a claim; nil, and the directory removed, when it holds none.
    private func nestedFile(
        in entry: FileName, of directory: Directory, sized: Bool
    ) throws(Errno) -> (name: FileName, size: Int?)? {
        let nest: Directory
        do {
            nest = try Directory(named: entry, in: directory)
        } catch Errno.notDirectory {
            return nil
        }
        if let file = try nest.entries().next().first {
            return (file.name, sized ? try nest.status(of: file.name)?.size : nil)
        }
        try directory.removeDirectory(entry)
        return nil
    }

    /// Removes a handler's directory from a shelf, unless something lies in it; the next claim makes it anew.
    func removeEmptyDirectory(of handler: FileName, on shelf: Shelf) {
        forgetDirectory(of: .handler(handler), on: shelf)
        guard let parent = try? parent(on: shelf, making: false),
            let extensions = try? Directory(named: "extensions", in: parent)
        else { return }
        // What holds something, or is no directory, stays.
        _ = try? extensions.removeDirectory(handler)
    }

    /// Removes the directories of a shelf of owed claims that nothing lies on.
    func removeEmptyShelf(_ shelf: Shelf) {
        guard case .owed(let sinks) = shelf, let owed = try? Directory(named: "owed", in: root),
            let parent = try? parent(on: shelf, making: false)
        else { return }
        forgetDirectory(of: .agent, on: shelf)
        for name: FileName in ["agent", "extensions"] { _ = try? parent.removeDirectory(name) }
        _ = try? owed.removeDirectory(directoryName(of: sinks))
    }
}
