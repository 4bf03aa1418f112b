internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// The file that replaces common parameters.
enum VMMetadataFile {
    /// What is wrong with the file, without its name.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// The largest one that is read, in bytes.
    private static let limit = 1 << 20

    /// Reads the replacements.
    ///
    /// - Throws: what is wrong with the file, and where.
    static func read(_ path: String) throws(Fault) -> [Parameter] {
        let bytes: [UInt8]
        do {
            // One byte more than is allowed, so that a larger file shows.
            bytes = try Machine.contents(of: FilePath(path), limit: limit + 1)
        } catch {
            throw Fault(description: "it cannot be read: \(error); a file with a JSON object was expected")
        }
        guard bytes.count <= limit else {
            throw Fault(description: "it is larger than \(limit) bytes, the most that is read")
        }
        do {
            return try bytes.span.withUnsafeBytes { (buffer) throws(VMMetadataError) in
                try VMMetadataDecoder().decode(buffer)
            }
        } catch {
            throw Fault(description: "\(error)")
        }
    }
}
