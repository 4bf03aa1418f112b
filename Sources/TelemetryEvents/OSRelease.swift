/// What an os-release file says of the distribution.
package struct OSRelease: Hashable, Sendable {
    /// `ID`, lower-case: `debian`; without one it is `linux`, as os-release(5) says.
    package let id: String
    /// `VERSION_ID`; `none` where a distribution has no versions.
    package let version: String
    /// `VERSION_CODENAME`; `none` where the release has none.
    package let codename: String

    /// Reads the assignments of the file; lines that are none, and other names, are passed.
    ///
    /// A value may stand in single or double quotation marks, with a backslash before what is special in them. Of a
    /// name that is repeated the last counts; an empty value counts as none.
    package init(_ bytes: UnsafeRawBufferPointer) {
        var values: [String: String] = [:]
        for line in bytes.split(separator: 0x0A) {
            let line = line.drop { $0 == 0x20 || $0 == 0x09 }
            guard let sign = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = String(decoding: line[..<sign], as: UTF8.self)
            let value = Self.value(line[(sign + 1)...])
            values[name] = value.isEmpty ? nil : value
        }
        id = values["ID"] ?? "linux"
        version = values["VERSION_ID"] ?? "none"
        codename = values["VERSION_CODENAME"] ?? "none"
    }

    /// The value of the common parameter: `Linux:<id>-<version>-<codename>:<kernel release>`.
    package func osVersion(kernelRelease: String) -> String {
        "Linux:\(id)-\(version)-\(codename):\(kernelRelease)"
    }

    /// The value as a shell would see it, of what follows the equals sign.
    private static func value(_ written: Slice<UnsafeRawBufferPointer>) -> String {
        var value: [UInt8] = []
        var quote: UInt8?
        var isEscaped = false
        for byte in written {
            if isEscaped {
                isEscaped = false
                value.append(byte)
            } else if byte == UInt8(ascii: "\\"), quote != UInt8(ascii: "'") {
                isEscaped = true
            } else if let open = quote {
                if byte == open { quote = nil } else { value.append(byte) }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0D {
                break
            } else {
                value.append(byte)
            }
        }
        return String(decoding: value, as: UTF8.self)
    }
}
