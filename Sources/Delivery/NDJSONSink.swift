internal import Synchronization
internal import SystemCalls
package import SystemPackage
package import TelemetryEvents

/// The sink that writes each event as a line of JSON to standard output or to the end of a file.
///
/// An event counts as delivered once its whole line is written and, in a regular file, synchronised. Lines are never torn
/// nor doubled by a full disk or a slow reader: writing goes on after the last byte that the kernel took. A file that was
/// rotated away is made anew.
package final class NDJSONSink: Sink {
    package let name = "ndjson"

    private let writer: Mutex<NDJSONWriter>

    /// Writes to standard output, as it is now.
    package init(toStandardOutput: Void) throws(OutputError) {
        let copy: OwnedDescriptor
        do {
            copy = try OwnedDescriptor(duplicating: FileDescriptor.standardOutput.rawValue)
        } catch {
            throw OutputError(code: .cannotOpen, path: nil, underlying: error)
        }
        writer = Mutex(NDJSONWriter(to: try LineOutput(of: copy)))
    }

    /// Writes to the end of a file, which is made where there is none.
    ///
    /// A symbolic link in the last place of the path is refused: who may write the directory could send the lines elsewhere.
    package init(toFileAt path: FilePath) throws(OutputError) {
        writer = Mutex(NDJSONWriter(to: try LineOutput.opening(path, repairing: NDJSONWriter.tornLine)))
    }

    /// Writes to a descriptor that came without a path.
    init(to descriptor: consuming OwnedDescriptor) throws(OutputError) {
        writer = Mutex(NDJSONWriter(to: try LineOutput(of: descriptor)))
    }

    package func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        writer.withLock { $0.deliver(events) }
    }
}
