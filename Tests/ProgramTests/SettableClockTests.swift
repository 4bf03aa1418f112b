import Foundation
import ProgramTestKit
import Testing

private let hasCompiler = OtherCommand.succeeds(["cc", "--version"])

/// A clock of the day that a test sets by so many seconds, for one process, while that runs.
private struct SetClock {
    private let file: String
    private let library: String

    init(in scratch: ScratchDirectory) throws {
        file = scratch("clock")
        library = scratch("clock.so")
        let source = scratch("clock.c")
        try Self.source.write(toFile: source, atomically: true, encoding: .utf8)
        let answer = try OtherCommand.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source])
        guard answer.exit == 0 else { throw TestKitError(answer.output) }
    }

    /// For the process under test.
    var environment: [String: String] { ["LD_PRELOAD": library, "TESTED_CLOCK": file] }

    func set(by seconds: Int) throws {
        try String(seconds).write(toFile: file, atomically: true, encoding: .utf8)
    }

    /// Whoever asks for a timer or a wait by the clock that is set here ends at once.
    private static let source = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static long shift(void) {
            char text[32] = {0};
            const char *path = getenv("TESTED_CLOCK");
            int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
            if (file < 0) return 0;
            if (read(file, text, sizeof text - 1) < 0) text[0] = 0;
            close(file);
            return atol(text);
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int answer = syscall(SYS_clock_gettime, clock, time);
            if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift();
            return answer;
        }

        int gettimeofday(struct timeval *time, void *zone) {
            struct timespec now;
            (void)zone;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *answer) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (answer) *answer = now.tv_sec;
            return now.tv_sec;
        }

        int timerfd_create(int clock, int flags) {
            if (clock == CLOCK_REALTIME) abort();
            return syscall(SYS_timerfd_create, clock, flags);
        }

        int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *rest) {
            if (clock == CLOCK_REALTIME && flags != 0) abort();
            return syscall(SYS_clock_nanosleep, clock, flags, time, rest);
        }
        """
}

private let day = 86_400

/// When an event's file was claimed, in seconds since 1970 as the process saw it.
private func claimed(_ event: ReceivedEvent) throws -> Int {
    let nanoseconds = try #require(UInt64(event.id.prefix(16), radix: 16))
    return Int(nanoseconds / 1_000_000_000)
}

@Test(.enabled(if: hasCompiler, "no C compiler: cc"))
func settingTheClockAheadOpensNoWindow() throws {
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "2", "--period", "3600"])
    let clock = try SetClock(in: service.scratch)
    let publisher = try service.publisher("Handler")
    let (telltale, notify) = try service.start(environment: clock.environment)
    try publisher.publish("1.json", EventPublisher.event("before"))
    try #require(telltale.waitForMessage("before"))
    try clock.set(by: day)
    try publisher.publish("2.json", EventPublisher.event("a day later"))
    try #require(telltale.waitForMessage("a day later"))
    try publisher.publish("3.json", EventPublisher.event("too many"))
    try #require(notify.wait { $0.hasPrefix("STATUS=") && $0.contains("over the cap 1;") })
    try clock.set(by: -day)
    try publisher.publish("4.json", EventPublisher.event("too many"))
    try #require(notify.wait { $0.hasPrefix("STATUS=") && $0.contains("over the cap 2;") })
    #expect(try telltale.stop() == 0)
    let events = try telltale.events()
    #expect(events.map(\.message) == ["before", "a day later"])
    // The clock was set indeed.
    #expect(try claimed(events[1]) - claimed(events[0]) >= day)
}

@Test(.enabled(if: hasCompiler, "no C compiler: cc"))
func settingTheClockBackKeepsNobodyWaiting() throws {
    let service = try TestedService([
        "--agent-events", "off", "--ndjson", "-", "--cap", "1", "--period", "1", "--over-cap", "hold",
    ])
    let clock = try SetClock(in: service.scratch)
    let publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start(environment: clock.environment)
    try publisher.publish("1.json", EventPublisher.event("first"))
    try #require(telltale.waitForMessage("first"))
    try publisher.publish("2.json", EventPublisher.event("held"))
    try clock.set(by: -day)
    // The window moves on, and what is held leaves it.
    try #require(telltale.waitForMessage("held"))
    try publisher.publish("3.json", EventPublisher.event("claimed a day earlier"))
    try #require(telltale.waitForMessage("claimed a day earlier"))
    #expect(try telltale.stop() == 0)
    // Ids stay unique and in order whatever the clock says.
    let ids = try telltale.events().map(\.id)
    #expect(ids == ids.sorted() && Set(ids).count == 3)
}

@Test(.enabled(if: hasCompiler, "no C compiler: cc"), arguments: [day, -day])
func settingTheClockChangesNoDelayOfAFile(by seconds: Int) throws {
    let service = try TestedService()
    let clock = try SetClock(in: service.scratch)
    let publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start(environment: clock.environment)
    try clock.set(by: seconds)
    try publisher.publish("1.json", EventPublisher.event("debounced"))
    try #require(telltale.waitForMessage("debounced"))
    // A link is taken once it has settled.
    let other = service.scratch("linked")
    try EventPublisher.event("linked").write(toFile: other, atomically: true, encoding: .utf8)
    #expect(link(other, "\(publisher.directory)/2.json") == 0 && unlink(other) == 0)
    try #require(telltale.waitForMessage("linked"))
    // A file that only a scan finds.
    let moved = try EventPublisher(root: service.scratch("staged"), handler: "Moved")
    try moved.writeInPlace("3.json", EventPublisher.event("found"))
    #expect(rename(service.scratch("staged/Moved"), "\(service.logRoot)/Moved") == 0)
    try #require(telltale.waitForMessage("found"))
    #expect(try telltale.stop() == 0)
}

@Test(.enabled(if: hasCompiler, "no C compiler: cc"))
func settingTheClockAheadMakesNoTemporaryFileResidue() throws {
    let service = try TestedService()
    let clock = try SetClock(in: service.scratch)
    let publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start(environment: clock.environment)
    try publisher.writeInPlace("1.json.tmp", EventPublisher.event("begun before"))
    try clock.set(by: day)
    telltale.signal(SIGHUP)
    // What comes after the scan in the same directory is delivered after it.
    try publisher.publish("2.json", EventPublisher.event("after"))
    try #require(telltale.waitForMessage("after"))
    telltale.signal(SIGHUP)
    try publisher.publish("3.json", EventPublisher.event("after again"))
    try #require(telltale.waitForMessage("after again"))
    #expect(rename("\(publisher.directory)/1.json.tmp", "\(publisher.directory)/1.json") == 0)
    #expect(telltale.waitForMessage("begun before", within: 10))
    #expect(try telltale.stop() == 0)
}
