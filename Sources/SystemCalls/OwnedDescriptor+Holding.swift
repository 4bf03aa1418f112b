internal import CLinux
internal import Glibc
internal import SystemPackage

extension OwnedDescriptor {
    /// Who has the file open besides this descriptor.
    package enum Others: Sendable {
        case none
        /// Some for reading, nobody for writing.
        case reading
        /// Some for writing.
        case writing
        /// The file system or our rights do not let the kernel tell.
        case unknown
    }

    /// Asks who else has this regular file open, which the descriptor is open for reading.
    ///
    /// After `none`, whoever comes to open the file waits for ``letGo()``, or for the descriptor's closing. The kernel grants a
    /// write lease only on a file that nobody else has open at all (fcntl(2), F_SETLEASE).
    package func holdAlone() -> Others {
        do {
            try retryingInterrupts { clinux_set_lease(rawValue, CInt(F_WRLCK)) }
            return .none
        } catch Errno.resourceTemporarilyUnavailable {
            return writers() == .some ? .writing : .reading
        } catch {
            return .unknown
        }
    }

    /// Whether somebody came to open the file, which ``holdAlone()`` answered `none` for, and waits (fcntl(2), F_GETLEASE).
    package var isWaitedFor: Bool {
        // The kernel tells what is left of the lease when those for whom it breaks it have their way.
        (try? retryingInterrupts { clinux_get_lease(rawValue) }) != CInt(F_WRLCK)
    }

    /// The same, for writing.
    package var isWaitedForByWriter: Bool {
        (try? retryingInterrupts { clinux_get_lease(rawValue) }) == CInt(F_UNLCK)
    }

    /// Lets those go on who wait to open the file.
    package func letGo() {
        // What was not held need not be let go, and closing the descriptor gives a lease back as well.
        _ = try? retryingInterrupts { clinux_set_lease(rawValue, CInt(F_UNLCK)) }
    }
}
