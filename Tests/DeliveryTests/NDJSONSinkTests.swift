import Glibc
import ProgramTestKit
import SystemCalls
import SystemPackage
import Testing

@testable import Delivery
@testable import TelemetryEvents

@Suite struct NDJSONSinkTests {
    private func lines(of events: some Sequence<TelemetryEvent>) -> String {
        var encoding = NDJSONEncoding()
        var bytes: [UInt8] = []
        for event in events { encoding.append(event, to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func isFinished(_ outcome: DeliveryOutcome, _ count: Int) -> Bool {
        guard case .none = outcome.rest else { return false }
        return outcome.finished == count && outcome.refused.isEmpty
    }

    private func retryReason(_ outcome: DeliveryOutcome) -> String? {
        if case .retry(_, let reason) = outcome.rest { reason } else { nil }
    }

    @Test func aFileIsMadeAndGetsAllLinesInOrder() throws {
        let directory = try ScratchDirectory()
        let path = FilePath(directory("out"))
        let sink = try NDJSONSink(toFileAt: path)
        // More than one buffer full.
        let events = SampleEvents.numbered(0..<900, messageLength: 1000)
        #expect(isFinished(sink.deliver(events[..<400]), 400))
        #expect(isFinished(sink.deliver(events[400...]), 500))
        #expect(try contents(of: path) == lines(of: events))
        #expect(try FileStatus.ofPath(path).kind == .regular)
    }

    @Test func aReaderOfAPipeGetsTheLines() throws {
        let pipe = try FileDescriptor.pipe()
        let sink = try NDJSONSink(to: OwnedDescriptor(owning: pipe.writeEnd.rawValue))
        let events = SampleEvents.numbered(0..<3)
        #expect(isFinished(sink.deliver(events[...]), 3))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = try buffer.withUnsafeMutableBytes { try pipe.readEnd.read(into: $0) }
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == lines(of: events))
        try pipe.readEnd.close()
    }

    @Test func aReaderThatClosesThePipeClosesTheSink() throws {
        signal(SIGPIPE, SIG_IGN)
        let pipe = try FileDescriptor.pipe()
        let sink = try NDJSONSink(to: OwnedDescriptor(owning: pipe.writeEnd.rawValue))
        try pipe.readEnd.close()
        let outcome = sink.deliver(SampleEvents.numbered(0..<3)[...])
        guard case .closed(let reason) = outcome.rest else {
            Issue.record("not closed: \(outcome)")
            return
        }
        #expect(outcome.finished == 0)
        #expect(reason.contains("reader of standard output"))
    }

    @Test func aFullDeviceIsTriedAgain() throws {
        let sink = try NDJSONSink(toFileAt: "/dev/full")
        let outcome = sink.deliver(SampleEvents.numbered(0..<3)[...])
        #expect(outcome.finished == 0)
        #expect(retryReason(outcome)?.contains("/dev/full") == true)
        #expect(retryReason(outcome)?.contains("No space left") == true)
    }

    @Test func writingGoesOnAfterTheLastByteThatAReaderTook() throws {
        var ends: [CInt] = [-1, -1]
        let kind = CInt(bitPattern: SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
        let reader = FileDescriptor(rawValue: ends[0])
        let sink = try NDJSONSink(to: OwnedDescriptor(owning: ends[1]))
        // A length that divides no buffer, so that the socket fills up within a line.
        let events = SampleEvents.numbered(0..<3000, messageLength: 1237)
        var rest = events[...]
        var read: [UInt8] = []
        var interruptions = 0
        while !rest.isEmpty {
            let outcome = sink.deliver(rest)
            rest = rest.dropFirst(outcome.finished)
            if !rest.isEmpty {
                #expect(retryReason(outcome) != nil)
                interruptions += 1
            }
            read += try bytes(of: reader)
            // Each call waits a second for a reader; three show all there is.
            if interruptions == 3 { break }
        }
        read += try bytes(of: reader)
        let expected = Array(lines(of: events).utf8)
        #expect(interruptions > 0)
        #expect(expected.starts(with: read))
        try reader.close()
    }

    @Test func aFileThatFillsUpWithinALineLosesAndDoublesNothing() async {
        await #expect(processExitsWith: .success) {
            let directory = try ScratchDirectory()
            let path = FilePath(directory("out"))
            signal(SIGXFSZ, SIG_IGN)
            let sink = try NDJSONSink(toFileAt: path)
            let events = SampleEvents.numbered(0..<100, messageLength: 500)
            var expected: [UInt8] = []
            var encoding = NDJSONEncoding()
            for event in events { encoding.append(event, to: &expected) }
            var rest = events[...]
            // The limit grows in steps that end within lines, and one within the same line as the one before.
            for size in [700, 5001, 5002, 30_000, 10_000_000] as [UInt] {
                var limit = rlimit(rlim_cur: size, rlim_max: .max)
                setrlimit(CInt(RLIMIT_FSIZE.rawValue), &limit)
                let outcome = sink.deliver(rest)
                rest = rest.dropFirst(outcome.finished)
                let now = Array(try contents(of: path).utf8)
                #expect(now == Array(expected.prefix(Int(size))))
                // What is finished is there whole, and not more than one line is there in part.
                #expect(now.count { $0 == UInt8(ascii: "\n") } == events.count - rest.count)
            }
            #expect(rest.isEmpty)
        }
    }

    @Test(arguments: [
        ("", ""), ("whole\n", "whole\n"), ("whole\n{\"id\":\"12", "whole\n"), ("whole\n{\"i", "whole\n"),
        ("{\"id\":\"12", ""), ("whole\nforeign", "whole\nforeign\n"), ("foreign", "foreign\n"),
    ])
    func aTornLastLineOfOursIsCutOffAtOpening(before: String, after: String) throws {
        let directory = try ScratchDirectory()
        let path = FilePath(directory("out"))
        try write(before, to: path)
        let sink = try NDJSONSink(toFileAt: path)
        #expect(try contents(of: path) == after)
        let events = SampleEvents.numbered(0..<1)
        #expect(isFinished(sink.deliver(events[...]), 1))
        #expect(try contents(of: path) == after + lines(of: events))
    }

    @Test func aTornLineLongerThanTheReadBufferIsCutOff() throws {
        let directory = try ScratchDirectory()
        let path = FilePath(directory("out"))
        try write("whole\n{\"id\":\"" + String(repeating: "x", count: 200_000), to: path)
        _ = try NDJSONSink(toFileAt: path)
        #expect(try contents(of: path) == "whole\n")
    }

    @Test(arguments: [true, false]) func aFileThatWasRotatedAwayIsMadeAnew(isRemoved: Bool) throws {
        let directory = try ScratchDirectory()
        let path = FilePath(directory("out"))
        let old = FilePath(directory("out.1"))
        let sink = try NDJSONSink(toFileAt: path)
        let events = SampleEvents.numbered(0..<2)
        #expect(isFinished(sink.deliver(events[..<1]), 1))
        if isRemoved {
            #expect(unlink(path.string) == 0)
        } else {
            #expect(rename(path.string, old.string) == 0)
        }
        #expect(isFinished(sink.deliver(events[1...]), 1))
        #expect(try contents(of: path) == lines(of: events[1...]))
        if !isRemoved { #expect(try contents(of: old) == lines(of: events[..<1])) }
    }

    @Test func anOutputThatCannotBeOpenedSaysWhichAndWhy() throws {
        let directory = try ScratchDirectory()
        let missing = FilePath(directory("none/out"))
        #expect(throws: OutputError(code: .cannotOpen, path: missing, underlying: .noSuchFileOrDirectory)) {
            try NDJSONSink(toFileAt: missing)
        }
        let link = FilePath(directory("link"))
        #expect(symlink("/dev/null", link.string) == 0)
        #expect(throws: OutputError(code: .cannotOpen, path: link, underlying: .tooManySymbolicLinkLevels)) {
            try NDJSONSink(toFileAt: link)
        }
        let fifo = FilePath(directory("fifo"))
        #expect(mkfifo(fifo.string, 0o600) == 0)
        #expect(throws: OutputError(code: .cannotOpen, path: fifo, underlying: .noSuchAddressOrDevice)) {
            try NDJSONSink(toFileAt: fifo)
        }
    }

    @Test func aPlaceThatCannotBeOpenedAnewIsTriedAgain() throws {
        let directory = try ScratchDirectory()
        let path = FilePath(directory("out"))
        let sink = try NDJSONSink(toFileAt: path)
        #expect(unlink(path.string) == 0)
        #expect(symlink("/dev/null", path.string) == 0)
        let events = SampleEvents.numbered(0..<1)
        #expect(retryReason(sink.deliver(events[...]))?.contains("symbolic link") == true)
        #expect(unlink(path.string) == 0)
        #expect(isFinished(sink.deliver(events[...]), 1))
        #expect(try contents(of: path) == lines(of: events))
    }
}
