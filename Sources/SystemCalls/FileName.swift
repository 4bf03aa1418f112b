/// The name of a directory entry: any bytes but `/` and NUL, as the kernel has it.
///
/// Publishers choose their names, so that they need not be UTF-8.
package struct FileName: Hashable, Sendable {
    /// The bytes with the NUL that system calls want behind them.
    private let terminated: [UInt8]

    /// Takes the bytes of one name, without a NUL.
    package init(_ bytes: some Collection<UInt8>) {
        var terminated = [UInt8]()
        terminated.reserveCapacity(bytes.count + 1)
        terminated.append(contentsOf: bytes)
        terminated.append(0)
        self.terminated = terminated
    }

    /// Takes the bytes of one name, without a NUL.
    ///
    /// Not generic, since a generic initializer runs unspecialised when another module calls it, which takes 50 times as long.
    package init(_ bytes: UnsafeRawBufferPointer) {
        terminated = Array(unsafeUninitializedCapacity: bytes.count + 1) { memory, count in
            UnsafeMutableRawBufferPointer(memory).copyMemory(from: bytes)
            memory.initializeElement(at: bytes.count, to: 0)
            count = bytes.count + 1
        }
    }

    /// Takes the bytes of one name, without a NUL.
    package init(_ bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { FileName($0) }
    }

    package var bytes: ArraySlice<UInt8> { terminated.dropLast() }

    /// The name as a C string; valid during `body` only.
    package func withCString<Answer>(_ body: (UnsafePointer<CChar>) -> Answer) -> Answer {
        terminated.withUnsafeBytes { buffer in
            // The array is never empty: the initializer appends the NUL.
            body(buffer.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self))
        }
    }
}

extension FileName: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        self.init(text.utf8)
    }
}

extension FileName: CustomStringConvertible {
    /// The name for people, with U+FFFD for what is no UTF-8.
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
