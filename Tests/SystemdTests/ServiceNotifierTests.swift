import Glibc
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
            try notifier.stopping(status: "ends")
            #expect(
                receiver.received() == [
                    "READY=1\nSTATUS=works", "STATUS=a STOPPING=1", "WATCHDOG=1",
                    "ERRNO=28\nSTATUS=full", "STOPPING=1\nSTATUS=ends",
                ])
            #expect(getenv("NOTIFY_SOCKET") != nil)
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
