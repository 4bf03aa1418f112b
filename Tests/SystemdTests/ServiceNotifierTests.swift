import Glibc
import SystemCalls
import SystemPackage
import Testing

@testable import Systemd

/// Each runs in a process of its own, because the environment belongs to the whole process.
@Suite struct ServiceNotifierTests {
    @Test func theServiceManagerGetsEachStateAndStatusesStayOnOneLine() async {
        await #expect(processExitsWith: .success) {
            let receiver = try DatagramReceiver()
            setenv("NOTIFY_SOCKET", receiver.path.string, 1)
            let notifier = ServiceNotifier()
            #expect(notifier.isSupervised)
            try notifier.ready(status: "works")
            try notifier.status("a\nSTOPPING=1")
            try notifier.keepAlive()
            try notifier.failing(.noSpace, status: "full")
            try notifier.failing(nil, status: "a wrong setting")
            try notifier.extendTimeout(30_000_000_000, status: "goes on")
            try notifier.stopping(status: "ends")
            #expect(
                receiver.received() == [
                    "READY=1\nSTATUS=works", "STATUS=a STOPPING=1", "WATCHDOG=1",
                    "ERRNO=28\nSTATUS=full", "STATUS=a wrong setting",
                    "EXTEND_TIMEOUT_USEC=30000000\nSTATUS=goes on", "STOPPING=1\nSTATUS=ends",
                ])
            #expect(getenv("NOTIFY_SOCKET") != nil)
        }
    }

    /// The instant is on the clock that managers compare with (Type=notify-reload).
    @Test func aReloadIsToldWithItsInstant() async {
        await #expect(processExitsWith: .success) {
            let receiver = try DatagramReceiver()
            setenv("NOTIFY_SOCKET", receiver.path.string, 1)
            let before = Clocks.monotonicNanoseconds() / 1000
            try ServiceNotifier().reloading(status: "again")
            let after = Clocks.monotonicNanoseconds() / 1000
            let lines = try #require(receiver.received().first).split(separator: "\n").map(String.init)
            #expect(lines.first == "RELOADING=1")
            #expect(lines.last == "STATUS=again")
            let instant = try #require(lines.count == 3 ? UInt64(lines[1].dropFirst("MONOTONIC_USEC=".count)) : nil)
            #expect((before...after).contains(instant))
        }
    }

    @Test func withoutAServiceManagerNothingHappens() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            unsetenv("WATCHDOG_USEC")
            let notifier = ServiceNotifier()
            #expect(!notifier.isSupervised)
            #expect(notifier.watchdogInterval == nil)
            try notifier.ready(status: "works")
        }
    }

    @Test func theWatchdogsIntervalIsInNanosecondsAndOfThisProcessOnly() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "30000000", 1)
            unsetenv("WATCHDOG_PID")
            #expect(ServiceNotifier().watchdogInterval == 30_000_000_000)
            setenv("WATCHDOG_PID", "1", 1)
            #expect(ServiceNotifier().watchdogInterval == nil)
        }
    }
}
