import Foundation
import ProgramTestKit
import Reporting
import SystemCalls
import SystemPackage
import Testing

@testable import Collection

/// What a watcher of a scratch log root finds.
private final class Watch {
    let place: ScratchDirectory
    let watcher: EventDirectoryWatcher
    private(set) var found: [Publisher: [FileName: Int]] = [:]

    init() throws {
        place = try ScratchDirectory(in: "/dev/shm")
        watcher = EventDirectoryWatcher(
            roots: .init(extensionLog: FilePath(place("log")), agentEvents: FilePath(place("agent"))),
            notices: NoticeLog(to: .none))
    }

    func make(_ path: String) throws -> Directory { try Directory.make(at: FilePath(place(path))) }

    func turn() {
        let note = { (finding: EventDirectoryWatcher.Finding) in
            let (name, publisher) =
                switch finding {
                case .written(let name, let publisher), .movedIn(let name, let publisher),
                    .appeared(let name, let publisher),
                    .read(let name, let publisher):
                    (name, publisher)
                case .found(let entry, let publisher, _): (entry.name, publisher)
                }
            self.found[publisher, default: [:]][name, default: 0] += 1
        }
        let now = Clocks.nanosecondsSinceBoot()
        watcher.readNotifications(now: now, tell: note)
        watcher.work(now: now, tell: note)
    }

    func forgetFound() { found = [:] }

    /// Takes turns until there is nothing left to read nor to examine.
    func settle() {
        repeat { turn() } while watcher.hasWork || hasNotifications
    }

    private var hasNotifications: Bool {
        guard let descriptor = watcher.descriptor else { return false }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&request, 1, 0) == 1
    }

    func names(of handler: String) -> Set<FileName> {
        Set(found[.handler(FileName(handler.utf8)), default: [:]].keys)
    }
}

// A process of its own: other tests open descriptors at the same time.
@Test func manyFullDirectoriesExhaustNoDescriptors() async {
    await #expect(processExitsWith: .success) {
        let watch = try Watch()
        let handlers = 300, files = 65
        for handler in 0..<handlers {
            let events = try watch.make("log/handler-\(handler)/events")
            for file in 0..<files { _ = try events.openForWriting(FileName("\(file).json".utf8), .new) }
        }
        let count = { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        let before = try count()
        var most = 0
        watch.watcher.rescan()
        repeat {
            watch.turn()
            most = max(most, try count() - before)
        } while watch.watcher.hasWork
        // A cache of 192, 64 scans, and a few of the watcher's own.
        try #require(most <= 192 + 64 + 8, "\(most) descriptors at once")
        try #require(watch.found.count == handlers)
        try #require(watch.found.values.allSatisfy { $0.count == files && $0.values.allSatisfy { $0 == 1 } })
    }
}

@Test func aHandlersDirectoriesAreWatchedInWhateverOrderTheyAppear() throws {
    let watch = try Watch()
    watch.watcher.rescan()
    watch.settle()
    #expect(watch.found.isEmpty)
    let early = try watch.make("log/Early/events")
    try early.write("", to: "1.json")
    watch.settle()
    #expect(watch.names(of: "Early") == ["1.json"])
    try early.write("", to: "2.json")
    _ = try watch.make("log/Late")
    watch.settle()
    #expect(watch.names(of: "Early") == ["1.json", "2.json"] && watch.names(of: "Late").isEmpty)
    try watch.make("log/Late/events").write("", to: "3.json")
    watch.settle()
    #expect(watch.names(of: "Late") == ["3.json"])
    try watch.make("agent").write("", to: "4.tld")
    watch.settle()
    #expect(watch.found[.agent]?.keys.first == "4.tld")
    #expect(watch.watcher.polledCount == 0)
    // The log root, each handler and its events, and the agent's.
    #expect(watch.watcher.watchedCount == 6)
}

@Test func whatIsNoHandlerIsNotLookedAt() throws {
    let watch = try Watch()
    try watch.make("log/-hidden/events").write("", to: "1.json")
    try watch.make("log").write("", to: "file")
    try watch.make("elsewhere/events").write("", to: "2.json")
    #expect(symlink(watch.place("elsewhere"), watch.place("log/link")) == 0)
    _ = try watch.make("log/Acme")
    #expect(symlink(watch.place("elsewhere/events"), watch.place("log/Acme/events")) == 0)
    watch.watcher.rescan()
    watch.settle()
    #expect(watch.found.isEmpty)
    #expect(watch.watcher.handlers == ["Acme"])
}

@Test func aHandlerThatGoesTakesItsWatchesWithIt() throws {
    let watch = try Watch()
    try watch.make("log/Acme/events").write("", to: "1.json")
    watch.watcher.rescan()
    watch.settle()
    let watched = watch.watcher.watchedCount
    for round in 0..<50 {
        try FileManager.default.removeItem(atPath: watch.place("log/Acme"))
        watch.settle()
        try watch.make("log/Acme/events").write("", to: FileName("\(round + 2).json".utf8))
        watch.settle()
        #expect(watch.names(of: "Acme").count == round + 2)
        #expect(watch.watcher.watchedCount == watched)
    }
}

// A process of its own: other tests open descriptors at the same time.
@Test func nothingIsKeptOfHandlersThatCameAndWent() async {
    await #expect(processExitsWith: .success) {
        let watch = try Watch()
        _ = try watch.make("log")
        _ = try watch.make("agent")
        watch.watcher.rescan()
        watch.settle()
        let watched = watch.watcher.watchedCount
        let count = { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        let before = try count()
        let names = (0..<2000).map { "log/handler-\($0)" }
        for name in names { try watch.make("\(name)/events").write("", to: "1.json") }
        watch.settle()
        try #require(watch.watcher.handlers.count == names.count)
        try #require(watch.watcher.watchedCount == watched + 2 * names.count)
        // Removed, half of them, and the others moved elsewhere.
        for (index, name) in names.enumerated() {
            if index.isMultiple(of: 2) {
                try FileManager.default.removeItem(atPath: watch.place(name))
            } else {
                try FileManager.default.moveItem(atPath: watch.place(name), toPath: watch.place("gone-\(index)"))
            }
        }
        watch.settle()
        try #require(watch.watcher.handlers.isEmpty)
        try #require(watch.watcher.watchedCount == watched && watch.watcher.polledCount == 0)
        try #require(watch.watcher.nextDue == nil && !watch.watcher.hasWork)
        let after = try count()
        try #require(after == before, "\(after - before) descriptors more than before")
        // The instance tells of nothing that happens in what was moved.
        watch.forgetFound()
        for index in stride(from: 1, to: names.count, by: 2) {
            try watch.make("gone-\(index)/events").write("", to: "2.json")
        }
        watch.settle()
        try #require(watch.found.isEmpty)
    }
}
