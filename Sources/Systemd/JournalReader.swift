internal import CSystemd
package import SystemPackage

/// Reads the messages of a machine's journals one after another: sd_journal(3).
///
/// It closes its files when it goes. For measurements: it is to be asked again and again, since journald tells waiting readers
/// of news up to a quarter of a second late, to spare them.
package struct JournalReader: ~Copyable {
    private let journal: OpaquePointer

    /// Opens all journals below the root directory of a machine, and stands before their first entry.
    package init(ofMachineAt root: FilePath) throws(Errno) {
        var opened: OpaquePointer?
        let answer = root.withPlatformString { sd_journal_open_directory(&opened, $0, CInt(SD_JOURNAL_OS_ROOT)) }
        if answer < 0 { throw Errno(rawValue: -answer) }
        guard let opened else { throw .badAddress }
        journal = opened
    }

    deinit { sd_journal_close(journal) }

    /// Passes on the message of the next entry, valid during the call only; false when there is no further one yet.
    package func next(_ body: (UnsafeRawBufferPointer) -> Void) throws(Errno) -> Bool {
        let answer = sd_journal_next(journal)
        if answer < 0 { throw Errno(rawValue: -answer) }
        guard answer > 0 else { return false }
        var bytes: UnsafeRawPointer?
        var count = 0
        // An entry without a message is none that anybody waits for.
        if sd_journal_get_data(journal, "MESSAGE", &bytes, &count) >= 0 {
            body(UnsafeRawBufferPointer(start: bytes, count: count))
        }
        return true
    }

    /// Looks whether journald has begun or given up a file since.
    package func lookForFiles() throws(Errno) {
        let answer = sd_journal_process(journal)
        if answer < 0 { throw Errno(rawValue: -answer) }
    }
}
