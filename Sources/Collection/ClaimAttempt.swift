internal import SystemCalls

/// What became of an attempt to claim a file.
enum ClaimAttempt {
    case claimed(Claim)
    /// Another was quicker, or the publisher took it away.
    case gone
    /// Others have it open, or it is not known whether they have; it is where it was.
    case inUse(by: OwnedDescriptor.Others)
    /// Somebody has just read it and may be about to remove it; it is where it was.
    case read

    /// Nil when the file was not claimed.
    var claim: Claim? {
        if case .claimed(let claim) = self { claim } else { nil }
    }
}

/// What must be so for a file to be claimed.
enum ClaimCondition {
    /// The kernel says that nobody else has it open.
    case knownUnused
    /// The kernel does not say that somebody has.
    case notKnownUsed
    /// The kernel does not say that somebody has it open for writing; readers were waited for long enough.
    case notWritten
    /// Nothing more: it was waited for long enough.
    case none
}
