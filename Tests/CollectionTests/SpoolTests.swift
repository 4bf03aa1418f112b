import Foundation
import ProgramTestKit
import SystemCalls
import SystemPackage
import TelemetryEvents
import Testing

@testable import Collection

private let acme = Publisher.handler("Acme")
/// A number of 250 digits: too long to stand beside an id.
private let longName = FileName(Array(repeating: UInt8(ascii: "7"), count: 250) + Array(".json".utf8))

/// A place for a spool, and a publisher's directory on the same mount or on another.
private struct SpoolPlace {
    enum Mount: String, CaseIterable {
        case same, other
    }

    let scratch: ScratchDirectory
    let sourceScratch: ScratchDirectory
    let source: Directory

    init(_ mount: Mount = .same) throws {
        scratch = try ScratchDirectory(in: "/dev/shm")
        sourceScratch = try ScratchDirectory(in: mount == .same ? "/dev/shm" : "/tmp")
        source = try Directory(at: FilePath(sourceScratch.path))
    }

    /// Runs `body` as a process does: the spool is opened, and let go when `body` is done.
    @discardableResult
    func run<Answer>(_ body: (Spool) throws -> Answer) throws -> Answer {
        try body(Spool(at: FilePath(scratch("spool")), purpose: "test", sinks: ["journal", "otlp"]))
    }

    /// Publishes a file and claims it.
    func claim(
        _ name: FileName, holding text: String = "text", of publisher: Publisher = acme, into spool: Spool,
        at now: UInt64 = 1000
    ) throws -> Claim {
        try source.write(text, to: name)
        return try #require(try spool.claim(name, of: publisher, from: source, at: now).claim)
    }

    /// The entries of a directory of the spool.
    func entries(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch("spool/\(path)")).sorted()
    }

    var sourceIsEmpty: Bool {
        get throws { try source.entries().next().isEmpty }
    }
}

extension Spool {
    fileprivate func contents(of claim: Claim, _ publisher: Publisher = acme) throws -> String {
        String(decoding: try open(claim, of: publisher).readAll(limit: 1 << 24), as: UTF8.self)
    }

    fileprivate func claims(of publisher: Publisher = acme) throws -> (claims: [Claim], strangers: [FileName]) {
        var claims: [Claim] = [], strangers: [FileName] = []
        try forEachClaim(of: publisher, on: .arrived, sized: false) {
            claims.append($0)
            takeStock(of: $0, of: publisher)
        } stranger: {
            strangers.append($0)
        }
        return (claims.sorted { $0.id < $1.id }, strangers)
    }
}

@Test(arguments: SpoolPlace.Mount.allCases, [acme, .agent])
private func aClaimTakesTheFileWithItsContentsAndItsTime(mount: SpoolPlace.Mount, publisher: Publisher) throws {
    let place = try SpoolPlace(mount)
    try place.run { spool in
        for (number, name) in ["1.json", "x", longName].enumerated() {
            let text = String(repeating: "text \(number) ", count: 100_000 * number)
            try place.source.write(text, to: name)
            let modified: Int64 = 1_234_567_890_123_456_789
            try place.source.openForWriting(name, .keeping).setModified(modified)
            let claim = try #require(try spool.claim(name, of: publisher, from: place.source, at: 5000).claim)
            #expect(claim.name == name && claim.id.time == 5000 + UInt64(number))
            #expect(try spool.contents(of: claim, publisher) == text)
            #expect(try spool.open(claim, of: publisher).status().modified == modified)
        }
        #expect(try place.sourceIsEmpty && place.entries("copying").isEmpty)
        let directory = publisher == .agent ? "agent" : "extensions/Acme"
        #expect(try place.entries(directory).map(\.utf8.count) == [22 + 6, 22 + 1, 22])
    }
}

@Test(arguments: SpoolPlace.Mount.allCases)
private func aFileThatIsGoneIsNoClaimAndLeavesNothing(mount: SpoolPlace.Mount) throws {
    let place = try SpoolPlace(mount)
    try place.run { spool in
        for name in ["1.json", longName, longName] {
            let claim = try spool.claim(name, of: acme, from: place.source, at: 1).claim
            #expect(claim == nil)
        }
        let entries = (try? place.entries("extensions/Acme")) ?? []
        #expect(try entries.isEmpty && place.entries("copying").isEmpty)
    }
}

@Test(arguments: SpoolPlace.Mount.allCases)
private func theNextProcessFindsEveryClaimAndNumbersOnBehindThem(mount: SpoolPlace.Mount) throws {
    let place = try SpoolPlace(mount)
    let claims = try place.run { spool in
        try [
            place.claim("1.json", into: spool, at: 9000), place.claim("1.json", into: spool, at: 9000),
            place.claim(longName, into: spool, at: 10), place.claim("a b\n\\.json", into: spool, at: 10),
        ]
    }
    #expect(Set(claims.map(\.id)).count == claims.count)
    try place.run { spool in
        #expect(try spool.publishers(on: .arrived) == [.agent, acme])
        let found = try spool.claims()
        #expect(found.claims == claims && found.strangers.isEmpty)
        #expect(try spool.claims(of: .agent).claims.isEmpty)
        // The clock was set back meanwhile.
        let next = try place.claim("2.json", into: spool, at: 10)
        #expect(claims.allSatisfy { $0.id < next.id })
        for claim in claims { try spool.remove(claim, of: acme, because: .nothingAccepted) }
        #expect(try spool.claims().claims == [next])
        #expect(try place.entries("extensions/Acme").count == 1)
    }
}

@Test func whatIsNoClaimInTheSpoolIsToldAndLeftAlone() throws {
    let place = try SpoolPlace()
    let claim = try place.run { try place.claim("1.json", into: $0) }
    let directory = try Directory.make(at: FilePath(place.scratch("spool/extensions/Acme")))
    let strangers: Set<FileName> = ["notes.txt", "0000000000000001-000g-1.json", "x"]
    for name in strangers { try directory.write("mine", to: name) }
    // A long name's directory that a crash left empty.
    try directory.makeDirectory("0000000000000001-0001-")
    try place.run { spool in
        let found = try spool.claims()
        #expect(found.claims == [claim] && Set(found.strangers) == strangers)
        #expect(try directory.status(of: "0000000000000001-0001-") == nil)
        #expect(try place.entries("extensions/Acme").count == 1 + strangers.count)
    }
}

@Test func copiesThatACrashLeftUnfinishedAreRemovedAtTheStart() throws {
    let place = try SpoolPlace()
    try place.run { _ in }
    let copying = try Directory(at: FilePath(place.scratch("spool/copying")))
    for number in 0..<300 { try copying.write("half", to: FileName("\(number)".utf8)) }
    let left = try place.run { _ in try place.entries("copying") }
    #expect(left.isEmpty)
}

@Test func aFileGoesBackUnderItsOwnNameAndNeverOverAnother() throws {
    let place = try SpoolPlace()
    try place.run { spool in
        for name in ["1.json", longName] {
            let claim = try place.claim(name, holding: "first", into: spool)
            try place.source.write("second", to: name)
            #expect(!spool.giveBack(claim, of: acme, to: place.source))
            #expect(try spool.contents(of: claim) == "first")
            try place.source.removeFile(name)
            #expect(spool.giveBack(claim, of: acme, to: place.source))
            #expect(try place.source.openForReading(name).readAll(limit: 9) == Array("first".utf8))
            #expect(!spool.giveBack(claim, of: acme, to: place.source))
            try place.source.removeFile(name)
        }
        #expect(try place.entries("extensions/Acme").isEmpty)
    }
}

@Test func whatCameFromAnotherMountStaysInTheSpoolWhenItCannotGoBack() throws {
    let place = try SpoolPlace(.other)
    try place.run { spool in
        let claim = try place.claim("1.json", holding: "text", into: spool)
        #expect(!spool.giveBack(claim, of: acme, to: place.source))
        #expect(try spool.contents(of: claim) == "text")
    }
}

@Test(arguments: SpoolPlace.Mount.allCases, ["1.json", longName])
private func aDirectoryRemovedFromTheSpoolStopsNoClaim(mount: SpoolPlace.Mount, name: FileName) throws {
    let place = try SpoolPlace(mount)
    try place.run { spool in
        let first = try place.claim(name, into: spool)
        try spool.remove(first, of: acme, because: .nothingAccepted)
        try FileManager.default.removeItem(atPath: place.scratch("spool/extensions/Acme"))
        let second = try place.claim(name, holding: "second", into: spool)
        #expect(try spool.contents(of: second) == "second")
        #expect(try spool.claims().claims == [second])
    }
}

@Test func aClaimThatIsRemovedTwiceSaysSo() throws {
    let place = try SpoolPlace()
    try place.run { spool in
        let claim = try place.claim("1.json", into: spool)
        try spool.remove(claim, of: acme, because: .nothingAccepted)
        #expect(throws: Errno.noSuchFileOrDirectory) {
            try spool.remove(claim, of: acme, because: .nothingAccepted)
        }
        #expect(throws: Errno.noSuchFileOrDirectory) { _ = try spool.open(claim, of: acme) }
    }
}

@Test func aSecondHolderIsToldWhoTheFirstIs() throws {
    let place = try SpoolPlace()
    try place.run { _ in
        let error = #expect(throws: SpoolError.self) { try place.run { _ in } }
        let holder = "process \(Machine.processID()) (test)"
        #expect(error?.code == .heldByAnother(holder: holder))
        #expect(error?.description.contains(holder) == true)
        #expect(error?.path.string == place.scratch("spool"))
    }
    // The lock goes with its holder.
    try place.run { _ in }
}

@Test func aSpoolThatCannotBeMadeNamesItsPathAndTheReason() throws {
    let place = try SpoolPlace()
    let root = try Directory(at: FilePath(place.scratch.path))
    try root.write("", to: "spool")
    let error = #expect(throws: SpoolError.self) { try place.run { _ in } }
    #expect(error?.code == .cannotOpen && error?.underlying == .notDirectory)
    #expect(error?.description.contains(place.scratch("spool")) == true)
}

// A process of its own: other tests open descriptors at the same time.
@Test func claimsOfManyPublishersExhaustNoDescriptors() async {
    await #expect(processExitsWith: .success) {
        let place = try SpoolPlace()
        let count = { try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count }
        try place.run { spool in
            let before = try count()
            for number in 0..<400 {
                let publisher = Publisher.handler(FileName("handler-\(number)".utf8))
                _ = try place.claim(number % 3 == 0 ? longName : "1.json", of: publisher, into: spool)
            }
            let after = try count()
            // The cache, and a few of the test library's own.
            try #require(after - before <= 192 + 8, "\(after - before) more than before")
            try #require(try spool.publishers(on: .arrived).count == 401)
        }
    }
}

@Test func whatIsNoFileOfItsOwnIsNotCopiedFromAnotherMount() throws {
    let place = try SpoolPlace(.other)
    let root = try Directory(at: FilePath(place.sourceScratch.path))
    try root.write("somebody else's", to: "target")
    try place.run { spool in
        #expect(mkfifo(place.sourceScratch("1.json"), 0o600) == 0)
        #expect(symlink("target", place.sourceScratch("2.json")) == 0)
        #expect(link(place.sourceScratch("target"), place.sourceScratch("3.json")) == 0)
        try root.makeDirectory("4.json")
        // One that is read without end.
        let endless = OwnedDescriptor(owning: open(place.sourceScratch("1.json"), O_RDWR | O_NONBLOCK))
        try endless.writeAll([UInt8](repeating: 0x5B, count: 4096))
        for name in ["1.json", "2.json", "3.json", "4.json"] as [FileName] {
            #expect(throws: Errno.resourceTemporarilyUnavailable) {
                _ = try spool.claim(name, of: acme, from: place.source, if: .none, at: 1)
            }
            let left = try place.source.status(of: name)
            #expect(left != nil)
        }
        #expect(try place.entries("copying").isEmpty && place.entries("extensions/Acme").isEmpty)
    }
}

@Test func ofAFileTooLargeToBeReadOnlyTheSizeIsCopied() throws {
    let place = try SpoolPlace(.other)
    try place.run { spool in
        let file = try place.source.openForWriting("1.json", .new)
        try file.writeAll(Array("{}".utf8))
        let size = 64 << 20
        try file.truncate(to: size)
        let claim = try #require(
            try spool.claim("1.json", of: acme, from: place.source, if: .none, at: 1).claim)
        #expect(try spool.open(claim, of: acme).status().size == size)
    }
}

@Test(arguments: SpoolPlace.Mount.allCases)
private func whoComesToOpenAFileAtTheInstantOfItsClaimKeepsIt(mount: SpoolPlace.Mount) throws {
    // The kernel tells us of who waits with this signal, too.
    SignalDescriptor.ignoreWhatErrorsTell()
    let place = try SpoolPlace(mount)
    try place.run { spool in
        try place.source.write("text", to: "1.json")
        let path = place.sourceScratch("1.json")
        let inode = try #require(try place.source.status(of: "1.json")).inode
        var opening: BackgroundWork?
        var asked = 0
        let attempt = try? spool.claim("1.json", of: acme, from: place.source, at: 1) {
            // A copy asks first of all, and again before its source goes.
            asked += 1
            guard asked == (mount == .same ? 1 : 2) else { return true }
            opening = BackgroundWork { _ in
                let descriptor = open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0, read(descriptor, nil, 0) == 0 else { throw TestKitError("open: errno \(errno)") }
                close(descriptor)
            }
            let waits = eventually {
                let locks = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
                return locks.split(separator: "\n").contains { $0.contains("BREAKING") && $0.contains(":\(inode) ") }
            }
            #expect(waits)
            return true
        }
        #expect(attempt?.claim == nil)
        try #require(opening).finish()
        #expect(try place.source.status(of: "1.json")?.inode == inode)
        #expect(try place.entries("copying").isEmpty && place.entries("extensions/Acme").isEmpty)
    }
}

@Test(arguments: SpoolPlace.Mount.allCases)
private func aFileThatIsWrittenStaysHoweverOftenItWasReadAndOneThatIsReadGoes(mount: SpoolPlace.Mount) throws {
    SignalDescriptor.ignoreWhatErrorsTell()
    let place = try SpoolPlace(mount)
    try place.run { spool in
        try place.source.write("text", to: "1.json")
        let path = place.sourceScratch("1.json")
        let writer = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        let attempt = try? spool.claim("1.json", of: acme, from: place.source, if: .notWritten, at: 1)
        #expect(attempt?.claim == nil)
        #expect(try place.source.status(of: "1.json") != nil)
        close(writer)
        let reader = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(reader) }
        #expect(try spool.claim("1.json", of: acme, from: place.source, if: .notWritten, at: 2).claim != nil)
        #expect(try place.source.status(of: "1.json") == nil)
    }
}
