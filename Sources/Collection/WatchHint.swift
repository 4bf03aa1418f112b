internal import Inotify
internal import SystemCalls

/// What a notification about a watched place asks for.
///
/// Pure: it is told the place.
enum WatchHint {
    /// An entry of a publisher's directory is told about.
    case found(EventDirectoryWatcher.Finding)
    /// What may have come or gone there is to be examined.
    case examine(Agenda.Task)
    /// The directory of this name left the log root.
    case leftLogRoot(FileName)
    /// The place's watch is gone, or stands for a directory that is elsewhere now.
    case lost(WatchTable.Place)

    /// Nil when the notification asks for nothing.
    init?(_ event: InotifyEvent, at place: WatchTable.Place) {
        let hint: WatchHint? =
            switch event.kind {
            case .ignored, .unmounted, .selfRemoved, .selfMoved: .lost(place)
            case .closedAfterWriting(let name): Self.closed(name, place)
            case .closedAfterReading(let name): event.isDirectory ? nil : Self.read(name, place)
            case .created(let name): Self.entered(name, place, isComplete: false)
            case .movedIn(let name): Self.entered(name, place, isComplete: !event.isDirectory)
            case .movedOut(let name), .removed(let name): Self.left(name, place)
            }
        guard let hint else { return nil }
        self = hint
    }

    private static func closed(_ name: FileName, _ place: WatchTable.Place) -> WatchHint? {
        guard case .events(let publisher) = place else { return nil }
        return .found(.written(name, publisher))
    }

    private static func read(_ name: FileName, _ place: WatchTable.Place) -> WatchHint? {
        guard case .events(let publisher) = place else { return nil }
        return .found(.read(name, publisher))
    }

    private static func entered(_ name: FileName, _ place: WatchTable.Place, isComplete: Bool) -> WatchHint? {
        switch place {
        case .above(let root): .examine(.root(root))
        case .logRoot: Publisher.isHandlerName(name) ? .examine(.handler(name)) : nil
        case .handler(let handler): name == Publisher.eventsDirectory ? .examine(.handler(handler)) : nil
        case .events(let publisher):
            .found(isComplete ? .movedIn(name, publisher) : .appeared(name, publisher))
        }
    }

    private static func left(_ name: FileName, _ place: WatchTable.Place) -> WatchHint? {
        switch place {
        case .logRoot: .leftLogRoot(name)
        case .handler(let handler): name == Publisher.eventsDirectory ? .examine(.handler(handler)) : nil
        case .above, .events: nil
        }
    }
}
