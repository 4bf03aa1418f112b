internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// The file that replaces common parameters.
enum VMMetadataFile {
    /// The largest one that is read, in bytes.
    private static let limit = 1 << 20

    /// Reads the replacements.
    ///
    /// - Throws: what is wrong with the file, and where.
    static func read(_ path: String) throws(ServiceFailure) -> [Parameter] {
        let bytes: [UInt8]
        do {
            bytes = try Machine.contents(of: FilePath(path), limit: limit)
        } catch {
            throw ServiceFailure(
                "\(path) cannot be read: \(error); name with --vm-metadata a file with a JSON object.",
                exitCode: .wrongSetting)
        }
        do {
            return try bytes.span.withUnsafeBytes { (buffer) throws(VMMetadataError) in
                try VMMetadataDecoder().decode(buffer)
            }
        } catch {
            throw ServiceFailure("--vm-metadata: \(path), \(error)", exitCode: .wrongSetting)
        }
    }
}
