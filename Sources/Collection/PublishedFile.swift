internal import SystemCalls
internal import SystemPackage

/// A publisher's file at the instant of its claim: it goes to the spool only while nobody else is at it.
///
/// Another collector may work in the same directories, as the VM agent does: it opens a file, reads it, closes it, and then removes
/// it by its name. A file that it has open, or has read and not removed yet, is its own. So the file is held first, which
/// the kernel allows while nobody has it open; whoever had it open before has closed it by then, and that was
/// told. Whoever comes to open it now waits, which the kernel tells after the file has lost its name.
struct PublishedFile: ~Copyable {
    let descriptor: OwnedDescriptor
    private var isHeld = false

    /// - Throws: `noSuchFileOrDirectory` when it is gone.
    init(_ name: FileName, in directory: Directory) throws(Errno) {
        descriptor = try directory.openForReading(name)
    }

    /// Holds the file, and answers why it must stay where it is; nil when it may go.
    ///
    /// `isUnread` is asked while the file is held.
    mutating func reasonToStay(_ condition: ClaimCondition, isUnread: () -> Bool) -> ClaimAttempt? {
        let others = descriptor.holdAlone()
        isHeld = others == .none
        // Asked in any case: what others closed before our own closing of the file is not to be confounded with it.
        let isUnread = isUnread()
        switch (condition, others) {
        case (.none, _): return nil
        case (.notWritten, _): return others == .writing ? .inUse(by: .writing) : nil
        case (_, .reading), (_, .writing), (.knownUnused, .unknown): return .inUse(by: others)
        case (_, .none), (.notKnownUsed, .unknown): return isUnread ? nil : .read
        }
    }

    /// Whether somebody waits for the file who came before it lost its name.
    func isWanted(_ condition: ClaimCondition) -> Bool {
        switch condition {
        case .none: false
        case .notWritten: isHeld && descriptor.isWaitedForByWriter
        case .knownUnused, .notKnownUsed: isHeld && descriptor.isWaitedFor
        }
    }

    /// Lets those go on who wait to open the file.
    mutating func letGo() {
        if isHeld { descriptor.letGo() }
        isHeld = false
    }
}
