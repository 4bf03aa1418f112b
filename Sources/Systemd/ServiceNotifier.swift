internal import CSystemd
internal import Glibc
internal import SystemCalls
package import SystemPackage

/// Tells the service manager how the service is: sd_notify(3).
///
/// Where no service manager listens, every call does nothing.
package struct ServiceNotifier: Sendable {
    /// Whether a service manager listens: NOTIFY_SOCKET is set and not empty.
    package let isSupervised: Bool
    /// Within how many nanoseconds the service manager wants a ``keepAlive()``; nil where it does not watch.
    ///
    /// The manual advises half of it.
    package let watchdogInterval: UInt64?

    /// Looks at the environment; it stays as it is, so that both answers are the same for every later copy.
    package init() {
        isSupervised = getenv("NOTIFY_SOCKET").map { $0.pointee != 0 } ?? false
        var microseconds: UInt64 = 0
        let isWatched = sd_watchdog_enabled(0, &microseconds) > 0
        watchdogInterval = isWatched ? microseconds.multipliedReportingOverflow(by: 1000).partialValue : nil
    }

    /// The service works; with a line for `systemctl status`.
    package func ready(status: String) throws(Errno) {
        try tell("READY=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// A line for `systemctl status`.
    package func status(_ status: String) throws(Errno) {
        try tell("STATUS=\(Self.oneLine(status))")
    }

    /// The configuration is read again; ``ready(status:)`` ends it.
    package func reloading(status: String) throws(Errno) {
        // The instant is for managers that wait for a reload (Type=notify-reload); others leave it aside.
        let instant = Clocks.monotonicNanoseconds() / 1000
        try tell("RELOADING=1\nMONOTONIC_USEC=\(instant)\nSTATUS=\(Self.oneLine(status))")
    }

    /// The start, or the stop, is not over yet and will take no longer than so many nanoseconds more before the next word of it.
    package func extendTimeout(_ nanoseconds: UInt64, status: String) throws(Errno) {
        try tell("EXTEND_TIMEOUT_USEC=\(nanoseconds / 1000)\nSTATUS=\(Self.oneLine(status))")
    }

    /// The service ends in good order.
    package func stopping(status: String) throws(Errno) {
        try tell("STOPPING=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// The service ends because something failed: a system call, where there is a code.
    package func failing(_ code: Errno?, status: String) throws(Errno) {
        try tell((code.map { "ERRNO=\($0.rawValue)\n" } ?? "") + "STATUS=\(Self.oneLine(status))")
    }

    /// The service is alive: the answer to the watchdog.
    package func keepAlive() throws(Errno) {
        try tell("WATCHDOG=1")
    }

    private func tell(_ state: String) throws(Errno) {
        let answer = sd_notify(0, state)
        if answer < 0 { throw Errno(rawValue: -answer) }
    }

    /// A line end would begin another assignment, and handlers' names, which publishers choose, stand in statuses.
    private static func oneLine(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 < 0x20 || $0 == 0x7F ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
