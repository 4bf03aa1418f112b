internal import SystemCalls
internal import TelemetryEvents

extension FileStatus {
    /// Why a file is not read at all; nil when it may be.
    ///
    /// `limit` is the largest size in bytes.
    func rejection(limit: Int) -> FileRejection? {
        guard kind == .regular else { return .notARegularFile(kind: kind.rawValue) }
        guard linkCount == 1 else { return .notARegularFile(kind: "regular file with \(linkCount) links") }
        guard size <= limit else { return .oversize(size: size, limit: limit) }
        return nil
    }
}
