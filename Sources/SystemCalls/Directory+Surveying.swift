internal import CLinux
internal import Glibc
package import SystemPackage

extension Directory {
    /// The mount through which the directory is held: statx(2), STATX_MNT_ID.
    ///
    /// A rename is possible within one mount only. Nil where the kernel does not tell (before 5.8).
    package func mountID() throws(Errno) -> UInt64? {
        var mount: UInt64 = 0
        try retryingInterrupts { clinux_mount_id(descriptor.rawValue, &mount) }
        return mount == 0 ? nil : mount
    }

    /// Asks whether this process may make, move and remove entries here: faccessat(2).
    ///
    /// - Throws: what the kernel would answer: `permissionDenied`, or `readOnlyFileSystem`.
    package func requireWritable() throws(Errno) {
        try retryingInterrupts { faccessat(descriptor.rawValue, ".", W_OK | X_OK, clinux_at_effective) }
    }

    /// Asks whether this process may write to an entry, wherever a link leads: faccessat(2).
    package func requireWritable(_ name: FileName) throws(Errno) {
        try retryingInterrupts {
            name.withCString { faccessat(descriptor.rawValue, $0, W_OK, clinux_at_effective) }
        }
    }

    /// What a symbolic link in the directory says, at most 255 bytes of it: readlinkat(2).
    package func target(ofLink name: FileName) throws(Errno) -> String {
        var bytes = [CChar](repeating: 0, count: 256)
        try retryingInterrupts {
            name.withCString { readlinkat(descriptor.rawValue, $0, &bytes, bytes.count - 1) }
        }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
