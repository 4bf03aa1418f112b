internal import Configuration
internal import SystemCalls
internal import SystemPackage

/// Looks at the files that the settings name, besides those that were read for settings, without changing them.
enum NamedFiles {
    /// What can be said of each that is named.
    static func survey(_ configuration: EffectiveConfiguration) -> [Surroundings.NamedFile] {
        var files: [Surroundings.NamedFile] = []
        if let path = configuration.ndjson, path != "-" {
            files.append(.init(key: .ndjson, path: path, trouble: troubleAppending(to: FilePath(path))))
        }
        if let path = configuration.text(.vmMetadata) {
            files.append(.init(key: .vmMetadata, path: path, trouble: troubleReadingMetadata(path)))
        }
        if let path = configuration.text(.otlpCAFile) {
            files.append(.init(key: .otlpCAFile, path: path, trouble: troubleReading(FilePath(path))))
        }
        for key in [Setting.Key.report, .metricsFile] {
            guard let path = configuration.text(key) else { continue }
            files.append(.init(key: key, path: path, trouble: troubleReplacing(FilePath(path))))
        }
        return files
    }

    /// Those that are read once, as they are now.
    static func states(_ configuration: EffectiveConfiguration) -> [Setting.Key: FileStatus] {
        var states: [Setting.Key: FileStatus] = [:]
        for key in [Setting.Key.vmMetadata, .otlpCAFile] {
            guard let path = configuration.text(key) else { continue }
            states[key] = try? OwnedDescriptor(reading: FilePath(path)).status()
        }
        return states
    }

    private static func troubleReadingMetadata(_ path: String) -> String? {
        do throws(VMMetadataFile.Fault) {
            _ = try VMMetadataFile.read(path)
            return nil
        } catch {
            return "\(error)"
        }
    }

    private static func troubleReading(_ path: FilePath) -> String? {
        trouble(with: path) { directory, name, status throws(Errno) in
            guard let status else { return "it is not there" }
            if status.kind == .directory { return "it is a directory" }
            _ = try OwnedDescriptor(reading: path)
            return nil
        }
    }

    /// A file that is there must take more; one that is not must be possible to make.
    private static func troubleAppending(to path: FilePath) -> String? {
        trouble(with: path) { directory, name, status throws(Errno) in
            guard let status else {
                try directory.requireWritable()
                return nil
            }
            guard status.kind != .symbolicLink, status.kind != .directory else {
                return "it is a \(status.kind.rawValue)"
            }
            try directory.requireWritable(name)
            return nil
        }
    }

    /// A file that is written in one step needs a new one beside it.
    private static func troubleReplacing(_ path: FilePath) -> String? {
        trouble(with: path) { directory, _, status throws(Errno) in
            if let status, status.kind != .regular { return "it is a \(status.kind.rawValue)" }
            try directory.requireWritable()
            return nil
        }
    }

    private static func trouble(
        with path: FilePath, _ body: (Directory, FileName, FileStatus?) throws(Errno) -> String?
    ) -> String? {
        guard let last = path.lastComponent else { return "it is a directory" }
        let name = FileName(last.string.utf8)
        do throws(Errno) {
            let directory = try Directory(at: path.containingDirectory)
            return try body(directory, name, try directory.status(of: name))
        } catch {
            return "\(error)"
        }
    }
}
