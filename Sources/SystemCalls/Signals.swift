internal import CLinux
internal import Glibc
package import SystemPackage

/// The signals that Telltale answers.
package enum Signal: CInt, CaseIterable, Sendable {
    case terminate = 15
    case interrupt = 2
    case hangUp = 1
    /// The terminal has another size.
    case windowChange = 28
    /// The terminal's user wants the program to pause.
    case pause = 20

    /// Those that a service answers.
    package static let toServices: [Signal] = [.terminate, .interrupt, .hangUp]
}

/// Signals as a readable descriptor: signalfd(2).
package final class SignalDescriptor: Sendable {
    package let descriptor: OwnedDescriptor

    /// Blocks the signals for this thread and those that it starts from now on, and opens the descriptor.
    package init(_ signals: [Signal] = Signal.toServices) throws(Errno) {
        var set = sigset_t()
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal.rawValue) }
        let code = pthread_sigmask(SIG_BLOCK, &set, nil)
        guard code == 0 else { throw Errno(rawValue: code) }
        descriptor = OwnedDescriptor(
            owning: try retryingInterrupts { signalfd(-1, &set, CInt(SFD_CLOEXEC) | CInt(SFD_NONBLOCK)) })
    }

    /// The next signal that waits; nil when there is none.
    package func next() -> Signal? {
        var information = signalfd_siginfo()
        // EAGAIN means that none waits.
        guard
            (try? once { Glibc.read(descriptor.rawValue, &information, MemoryLayout.size(ofValue: information)) })
                != nil
        else { return nil }
        return Signal(rawValue: CInt(bitPattern: information.ssi_signo))
    }

    /// Ignores what would end the process where an error says more: SIGPIPE (a write answers EPIPE) and SIGIO (which
    /// the kernel sends when a lease is broken).
    package static func ignoreWhatErrorsTell() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGIO, SIG_IGN)
    }

    /// Makes SIGABRT and SIGQUIT end the process, as the kernel does by default.
    ///
    /// The Swift runtime prints a backtrace at these signals and then goes on. It can do so with the signals of a fault,
    /// which comes again at once, but one that another process sent does not: a service that stalled would outlive the
    /// SIGABRT of systemd's watchdog until SIGKILL, 90 s later.
    package static func endAtAbort() {
        signal(SIGABRT, SIG_DFL)
        signal(SIGQUIT, SIG_DFL)
    }
}
