internal import CSystemd
internal import Glibc
package import SystemPackage

/// One structured entry for the journal, built field by field in a buffer that the next entry uses again.
///
/// A value may hold any byte.
package struct JournalEntry: Sendable {
    /// All fields, each as `NAME=value`, without anything between them.
    private var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    private var ends: [Int] = []

    package init() {}

    /// Begins a new entry in the same buffer.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Adds a field; journald wants names of at most 64 upper-case letters, digits and underscores.
    package mutating func append(_ name: StaticString, _ value: ArraySlice<UInt8>) {
        begin(name)
        bytes.append(contentsOf: value)
        ends.append(bytes.count)
    }

    /// Adds a field whose value `write` appends.
    package mutating func append(_ name: StaticString, writing write: (inout [UInt8]) -> Void) {
        begin(name)
        write(&bytes)
        ends.append(bytes.count)
    }

    /// Adds a field off the hot path.
    package mutating func append(_ name: String, _ value: String) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: "="))
        bytes.append(contentsOf: value.utf8)
        ends.append(bytes.count)
    }

    private mutating func begin(_ name: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "="))
    }

    /// The fields, each as `NAME=value`.
    package var fields: [ArraySlice<UInt8>] {
        var start = 0
        return ends.map { end in
            defer { start = end }
            return bytes[start..<end]
        }
    }

    /// Hands the entry to journald: sd_journal_sendv(3).
    ///
    /// The call answers success also where there is no journald; ``JournalSocket`` knows. It blocks while journald is behind.
    package func send() throws(Errno) {
        let answer = bytes.withUnsafeBytes { buffer in
            withUnsafeTemporaryAllocation(of: iovec.self, capacity: ends.count) { vectors in
                var start = 0
                for (index, end) in ends.enumerated() {
                    let field = UnsafeRawBufferPointer(rebasing: buffer[start..<end])
                    // The call only reads; iovec knows no constant bytes.
                    vectors[index] = iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: field.baseAddress), iov_len: field.count)
                    start = end
                }
                return sd_journal_sendv(vectors.baseAddress, CInt(ends.count))
            }
        }
        if answer < 0 { throw Errno(rawValue: -answer) }
    }
}
