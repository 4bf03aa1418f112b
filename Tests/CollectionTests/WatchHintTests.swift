import SystemCalls
import Testing

@testable import Collection
@testable import Inotify

private let handler = WatchTable.Place.handler("Acme")
private let events = WatchTable.Place.events(.handler("Acme"))

/// What a notification asks for, in words.
private func hint(
    _ kind: InotifyEvent.Kind, at place: WatchTable.Place, isDirectory: Bool = false
) -> String? {
    let event = InotifyEvent(watch: WatchDescriptor(rawValue: 1), kind: kind, isDirectory: isDirectory)
    return switch WatchHint(event, at: place) {
    case .found(.written(let name, let publisher)): "\(name) of \(publisher) is complete"
    case .found(.movedIn(let name, let publisher)): "\(name) of \(publisher) is complete and new"
    case .found(.read(let name, let publisher)): "\(name) of \(publisher) was read"
    case .found(.appeared(let name, let publisher)): "\(name) of \(publisher) appeared"
    case .found(.found(let entry, _, _)): "\(entry.name) was met by a scan"
    case .examine(let task): "examine \(task)"
    case .leftLogRoot(let name): "\(name) left"
    case .lost(let place): place == events || place == handler ? "lost" : "lost another place"
    case nil: nil
    }
}

@Test func aFileIsCompleteWhenItWasClosedOrMovedInAndNotWhenItWasMade() {
    #expect(hint(.closedAfterWriting("1.json"), at: events) == "1.json of Acme is complete")
    #expect(hint(.movedIn("1.json"), at: events) == "1.json of Acme is complete and new")
    #expect(hint(.movedIn("1.json"), at: events, isDirectory: true) == "1.json of Acme appeared")
    #expect(hint(.created("1.json"), at: events) == "1.json of Acme appeared")
    #expect(hint(.removed("1.json"), at: events) == nil)
}

@Test func readingIsToldOfFilesInPublishersDirectoriesOnly() {
    #expect(hint(.closedAfterReading("1.json"), at: events) == "1.json of Acme was read")
    #expect(hint(.closedAfterReading("1.json"), at: events, isDirectory: true) == nil)
    #expect(hint(.closedAfterReading("1.json"), at: handler) == nil)
}

@Test func whatComesOrGoesAboveEventFilesIsExaminedWhenItsNameMatters() {
    let examined = hint(.created("Acme"), at: .logRoot)
    #expect(examined != nil && examined == hint(.movedIn("Acme"), at: .logRoot))
    #expect(examined == hint(.created("events"), at: handler))
    #expect(examined == hint(.movedOut("events"), at: handler))
    #expect(hint(.created("-Acme"), at: .logRoot) == nil)
    #expect(hint(.created("status"), at: handler) == nil && hint(.removed("status"), at: handler) == nil)
    #expect(hint(.removed("Acme"), at: .logRoot) == "Acme left")
    #expect(hint(.created("any"), at: .above(.agentEvents)) == "examine \(Agenda.Task.root(.agentEvents))")
    #expect(hint(.closedAfterWriting("file"), at: .logRoot) == nil)
}

@Test(arguments: [InotifyEvent.Kind.ignored, .unmounted, .selfRemoved, .selfMoved])
func aDirectoryThatIsNoLongerWhereItWasWatchedIsLost(kind: InotifyEvent.Kind) {
    #expect(hint(kind, at: events) == "lost")
    #expect(hint(kind, at: handler) == "lost")
}
