import Foundation
import ProgramTestKit
import Testing

/// A file that fills a pipe soon.
private func long(_ message: String) -> String {
    EventPublisher.event(message + String(repeating: " .", count: 1400))
}

/// The service with a spool on a file system of its own in memory, and a reader that takes nothing before it is asked to.
private final class ServiceWithOwnSpool {
    let service: TestedService
    let reader: StandingFIFO
    let process: TelltaleProcess
    let publisher: EventPublisher
    private var text = ""

    init(size: String) throws {
        service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "1000000"])
        try FileManager.default.createDirectory(atPath: service.spool, withIntermediateDirectories: true)
        reader = try StandingFIFO(at: service.scratch("reader"))
        publisher = try service.publisher("Handler")
        let wrapper = [
            "unshare", "-m", "sh", "-c",
            "mount -t tmpfs -o size=\(size) none \"$0\" && exec \"$@\" > \"\(reader.path)\"", service.spool,
        ]
        (process, _) = try service.start(wrapper: wrapper)
    }

    deinit {
        // The namespace, and the file system with it, lives as long as the process.
        if process.isRunning { process.signal(SIGKILL) }
    }

    /// Makes the directories of the spool such that nothing in them can be made, moved or removed, or lets go of them again:
    /// what a file system that went read-only after an error is like. (One cannot be remounted while we write to it.)
    func setImmutable(_ isImmutable: Bool) -> Bool {
        OtherCommand.succeeds([
            "nsenter", "-t", "\(process.processIdentifier)", "-m", "find", service.spool, "-type", "d", "-exec",
            "chattr",
            isImmutable ? "+i" : "-i", "{}", "+",
        ])
    }

    func publish(_ numbers: Range<Int>) throws {
        for number in numbers { try publisher.publish("\(number).json", long("\(number)")) }
    }

    /// The files that wait in the spool, as the process sees them.
    var waiting: Int {
        let root = "/proc/\(process.processIdentifier)/root\(service.spool)"
        let paths = FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []
        return paths.count { $0.hasSuffix(".json") }
    }

    /// The files that are still the publisher's.
    var published: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: publisher.directory)) ?? []
    }

    /// Reads until so many events came in all.
    func waitForEvents(_ count: Int) throws -> [ReceivedEvent]? {
        let isThere = eventually {
            text += reader.drain().joined(separator: "\n")
            return text.split(separator: "\n", omittingEmptySubsequences: false).count > count
        }
        guard isThere else { return nil }
        return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { try ReceivedEvent(line: String($0)) }.filter { $0.source == "extension" }
    }
}

@Suite(.enabled(if: OtherCommand.succeeds(["unshare", "-m", "true"]), "a mount of a test's own needs root"))
struct FullSpoolTests {
    @Test func whileNothingInTheSpoolCanBeChangedWhatIsInItIsDeliveredAndTheRestStaysAndAfterwardsAllIsWell() throws {
        let tested = try ServiceWithOwnSpool(size: "64m")
        try tested.publish(0..<1500)
        #expect(eventually { tested.published.isEmpty })
        try #require(tested.setImmutable(true))
        try tested.publish(1500..<1503)
        try #require(tested.process.waitForError("The file stays where it is"))
        let early = try #require(try tested.waitForEvents(1500))
        #expect(Set(early.map(\.id)).count == 1500)
        #expect(tested.published.count == 3)
        #expect(tested.waiting > 0)

        try #require(tested.setImmutable(false))
        #expect(eventually { tested.published.isEmpty && tested.waiting == 0 })
        let all = try #require(try tested.waitForEvents(1503))
        #expect(all.count == 1503 && Set(all.map { $0.file ?? "" }).count == 1503)
        #expect(try tested.process.stop() == 0)
    }

    @Test func whileTheSpoolIsFullFilesStayWithTheirPublisherAndAfterwardsAllAreDelivered() throws {
        let tested = try ServiceWithOwnSpool(size: "4m")
        try tested.publish(0..<3000)
        try #require(tested.process.waitForError("No space left"))
        #expect(!tested.published.isEmpty)
        let all = try #require(try tested.waitForEvents(3000))
        #expect(all.count == 3000 && Set(all.map { $0.file ?? "" }).count == 3000)
        #expect(eventually { tested.published.isEmpty && tested.waiting == 0 })
        #expect(try tested.process.stop() == 0)
    }
}
