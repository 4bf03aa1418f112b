internal import CLinux
internal import Glibc
package import SystemPackage

extension OwnedDescriptor {
    /// A file in memory that holds `bytes`, to be read from its beginning; it stays open for a program that takes the place of this
    /// one: memfd_create(2).
    package init(inMemory name: String, holding bytes: [UInt8]) throws(Errno) {
        let file = OwnedDescriptor(owning: try retryingInterrupts { clinux_memory_file(name) })
        try file.writeAll(bytes)
        try retryingInterrupts { lseek(file.rawValue, 0, SEEK_SET) }
        self = file
    }
}

extension Machine {
    /// Sets a variable of this process's environment, or takes it away: setenv(3), unsetenv(3).
    ///
    /// - Precondition: no other thread reads or sets one meanwhile.
    package static func setVariable(_ name: String, to value: String?) throws(Errno) {
        if let value { try once { setenv(name, value, 1) } } else { try once { unsetenv(name) } }
    }

    /// Names the process for those who list processes; at most 15 bytes are kept.
    package static func nameProcess(_ name: String) {
        pthread_setname_np(pthread_self(), String(name.prefix(15)))
    }
}
