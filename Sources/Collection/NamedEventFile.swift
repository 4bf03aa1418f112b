internal import SystemCalls
package import SystemPackage
package import TelemetryEvents

/// An event file that a person names, looked at as the collector looks at a claim, and left where it is.
package struct NamedEventFile {
    package let path: FilePath

    package init(at path: FilePath) {
        self.path = path
    }

    /// Whose name it bears: the agent's files end in `.tld`.
    package var source: EventFile.Source {
        Publisher.agent.isEventFile(name) ? .agent : .handler("")
    }

    /// Whether the collector takes files of this name from the directory of such a publisher.
    package func hasName(for source: EventFile.Source) -> Bool {
        let publisher: Publisher = source == .agent ? .agent : .handler("")
        return publisher.isEventFile(name)
    }

    private var name: FileName { FileName(path.lastComponent?.string.utf8.map(\.self) ?? []) }

    /// Reads the file, whose size is at most `limit` bytes; it neither blocks nor follows a link in the last place.
    ///
    /// What is thrown tells why the collector would not read it, or `unreadable` when it cannot be opened or read.
    package func contents(limit: Int) throws(FileRejection) -> [UInt8] {
        let outcome: Result<[UInt8], FileRejection>
        do throws(Errno) {
            let descriptor = try OwnedDescriptor(reading: path)
            if let rejection = try descriptor.status().rejection(limit: limit) {
                outcome = .failure(rejection)
            } else {
                // One byte more shows that the file grew beyond the limit meanwhile.
                outcome = .success(try descriptor.readAll(limit: limit + 1))
            }
        } catch {
            outcome = .failure(rejection(because: error))
        }
        return try outcome.get()
    }

    /// A link or a socket cannot be opened; what else the kernel refuses is told in its words.
    private func rejection(because error: Errno) -> FileRejection {
        if let status = try? FileStatus.ofPath(path), status.kind != .regular, status.kind != .directory {
            return .notARegularFile(kind: status.kind.rawValue)
        }
        return .unreadable(reason: "\(error)")
    }
}
