internal import SystemCalls
package import SystemPackage

/// Publishes event files in the way that lets no reader see half of one: a temporary file, then a rename.
///
/// Nothing is made durable: the service promises to keep what it has claimed, and an event of the instant before a power
/// failure is not worth the wait for a disk in the middle of a script.
package struct EventPublication {
    /// Names that are tried before giving up; two emitters rarely meet in one nanosecond.
    private static let attempts = 1000

    private let path: FilePath
    private let directory: Directory

    /// Opens the directory of event files, and makes it where it is missing in a handler's directory.
    package init(into path: FilePath) throws(PublicationError) {
        self.path = path
        // Neither the directory nor its handler's is read through a link; the log root may be reached through some.
        for place in [path, path.removingLastComponent()] where Self.isLink(place) {
            throw PublicationError(code: .linkedDirectory, path: place, underlying: nil)
        }
        do throws(Errno) {
            directory = try Self.open(path)
        } catch {
            let missing = error == .noSuchFileOrDirectory ? Self.firstMissing(of: path) : nil
            throw PublicationError(code: .noDirectory(missing: missing), path: path, underlying: error)
        }
    }

    /// Publishes an event file under the first free number from `number` on, and answers its path.
    ///
    /// `number` should be new, such as the time in nanoseconds.
    package func publish(_ contents: [UInt8], from number: UInt64) throws(PublicationError) -> FilePath {
        let temporary = try makeTemporary(from: number)
        do throws(PublicationError) {
            try wrapping { () throws(Errno) in
                // It is closed before it is renamed: the service waits for a file that somebody has open for writing.
                try directory.openForWriting(temporary, .keeping).writeAll(contents)
            }
            return try rename(temporary, from: number)
        } catch {
            _ = try? directory.removeFile(temporary)
            throw error
        }
    }

    /// Makes an empty file of a name that is no event file's: what a crash leaves behind is removed as residue.
    private func makeTemporary(from number: UInt64) throws(PublicationError) -> FileName {
        for attempt in 0..<UInt64(Self.attempts) {
            let name = FileName(".\(number &+ attempt).json.tmp".utf8)
            do throws(Errno) {
                _ = try directory.openForWriting(name, .new)
                return name
            } catch {
                guard error == .fileExists else { throw failure(error) }
            }
        }
        throw PublicationError(code: .namesTaken, path: path, underlying: nil)
    }

    private func rename(_ temporary: FileName, from number: UInt64) throws(PublicationError) -> FilePath {
        for attempt in 0..<UInt64(Self.attempts) {
            let name = "\(number &+ attempt).json"
            do throws(Errno) {
                try directory.move(temporary, to: directory, as: FileName(name.utf8))
                return path.appending(name)
            } catch {
                guard error == .fileExists else { throw failure(error) }
            }
        }
        throw PublicationError(code: .namesTaken, path: path, underlying: nil)
    }

    private func wrapping(_ body: () throws(Errno) -> Void) throws(PublicationError) {
        do throws(Errno) {
            try body()
        } catch {
            throw failure(error)
        }
    }

    /// A directory that may not be written is one thing, a disk that is full another.
    private func failure(_ error: Errno) -> PublicationError {
        let isRefused = error == .permissionDenied || error == .notPermitted || error == .readOnlyFileSystem
        return PublicationError(
            code: isRefused ? .noDirectory(missing: nil) : .cannotWrite, path: path, underlying: error)
    }

    private static func isLink(_ path: FilePath) -> Bool {
        (try? FileStatus.ofPath(path))?.kind == .symbolicLink
    }

    private static func open(_ path: FilePath) throws(Errno) -> Directory {
        do {
            return try Directory(at: path)
        } catch Errno.noSuchFileOrDirectory where path.lastComponent?.string == Publisher.eventsDirectory.description {
            try Directory(at: path.containingDirectory).makeDirectory(Publisher.eventsDirectory)
            return try Directory(at: path)
        }
    }

    /// The outermost directory of a path that does not exist.
    private static func firstMissing(of path: FilePath) -> FilePath? {
        var missing: FilePath?
        var place = path
        while !place.isEmpty, (try? FileStatus.ofPath(place)) == nil {
            missing = place
            guard place.removeLastComponent() else { break }
        }
        return missing
    }
}
