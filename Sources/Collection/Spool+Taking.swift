internal import SystemCalls
internal import SystemPackage

/// How a file leaves its publisher's directory for the spool.
extension Spool {
    /// Moves a file to the place of its claim, or copies it from another mount.
    ///
    /// - Throws: what the kernel said; the file is where it was then.
    func take(
        _ claim: Claim, of publisher: Publisher, from source: Directory, _ condition: ClaimCondition,
        isUnread: () -> Bool
    ) throws(Errno) -> ClaimAttempt {
        var file: PublishedFile
        do throws(Errno) {
            file = try PublishedFile(claim.name, in: source)
        } catch .noSuchFileOrDirectory {
            return .gone
        } catch .resourceTemporarilyUnavailable where condition != .none {
            // Somebody holds a lease of his own.
            return .inUse(by: .reading)
        } catch {
            if condition != .none, !isUnread() { return .read }
            return try takeUnopened(claim, of: publisher, from: source, condition, error)
        }
        if let reason = file.reasonToStay(condition, isUnread: isUnread) { return reason }
        let (directory, entry) = try place(of: claim, of: publisher, making: true)
        do throws(Errno) {
            if try rename(claim, of: publisher, from: source, to: directory, as: entry) {
                guard file.isWanted(condition) else { return .claimed(claim) }
                // Nothing can be done for those who wait where another file bears the name by now.
                guard (try? directory.move(entry, to: source, as: claim.name)) != nil else { return .claimed(claim) }
                discardNest(of: claim, of: publisher)
                return .inUse(by: .reading)
            }
            let isTaken = try FileCopy.move(
                &file, claim.name, from: source,
                to: .init(copying: copying, target: directory, entry: entry, aside: claim.aside), condition,
                isUnread: isUnread)
            if !isTaken { discardNest(of: claim, of: publisher) }
            return isTaken ? .claimed(claim) : .gone
        } catch {
            discardNest(of: claim, of: publisher)
            throw error
        }
    }

    /// Takes what cannot be opened, with `error`: a file that we may not read, or a link or a socket that took a file's place.
    private func takeUnopened(
        _ claim: Claim, of publisher: Publisher, from source: Directory, _ condition: ClaimCondition, _ error: Errno
    ) throws(Errno) -> ClaimAttempt {
        guard condition != .knownUnused else { return .inUse(by: .unknown) }
        let (directory, entry) = try place(of: claim, of: publisher, making: true)
        do throws(Errno) {
            if try rename(claim, of: publisher, from: source, to: directory, as: entry) { return .claimed(claim) }
            throw FileCopy.isNoFile(error) ? .resourceTemporarilyUnavailable : error
        } catch {
            discardNest(of: claim, of: publisher)
            throw error
        }
    }

    /// False for a directory on another mount, which is remembered, so that it is not tried in vain for every file.
    private func rename(
        _ claim: Claim, of publisher: Publisher, from source: Directory, to directory: Directory, as entry: FileName
    ) throws(Errno) -> Bool {
        guard !onOtherMounts.contains(publisher) else { return false }
        do {
            try source.move(claim.name, to: directory, as: entry)
            return true
        } catch Errno.improperLink {
            onOtherMounts.insert(publisher)
            return false
        }
    }
}
