internal import Inotify
internal import SystemCalls
internal import SystemPackage

/// Which place each watch stands for, both ways, and which places could get no watch.
///
/// A directory may stand for several places (one that both roots are missing below): it has one watch then.
struct WatchTable: ~Copyable {
    /// What is watched.
    enum Place: Hashable, Sendable {
        /// The nearest directory above a root that does not exist yet.
        case above(Root)
        /// The directory that holds the handlers' directories.
        case logRoot
        /// A handler's directory, where its `events` appears and goes.
        case handler(FileName)
        /// The directory that a publisher writes event files into.
        case events(Publisher)
    }

    /// The directories that an operator configures.
    enum Root: Hashable, Sendable {
        case extensionLog
        case agentEvents
    }

    private var inotify: InotifyInstance?
    private var places: [WatchDescriptor: Set<Place>] = [:]
    private var watches: [Place: WatchDescriptor] = [:]
    private(set) var unwatched: Set<Place> = []
    /// Set when the kernel refused, until the next round of polling tries again.
    private var isRefused = false

    /// The descriptor to wait on; nil while there is no instance.
    var descriptor: CInt? {
        switch inotify {
        case .some(let instance): instance.descriptor.rawValue
        case .none: nil
        }
    }

    var watchedCount: Int { places.count }

    /// Watches a place, or notes that it must be polled when the kernel has no instance or no watch left.
    ///
    /// - Throws: any other answer of the kernel; the place is to be polled then, too.
    mutating func watch(_ directory: Directory, as place: Place) throws(Errno) {
        unwatched.insert(place)
        if inotify == nil, !isRefused { try openInstance() }
        // What is watched already costs no further watch.
        guard inotify != nil, !isRefused || watches[place] != nil else { return }
        let watch: WatchDescriptor
        do {
            watch = try add(directory, for: Self.events(of: place))
        } catch {
            guard error == .noSpace || error == .noMemory else { throw error }
            isRefused = true
            return
        }
        unwatched.remove(place)
        guard watches[place] != watch else { return }
        unwatch(place)
        watches[place] = watch
        places[watch, default: []].insert(place)
    }

    /// Takes back the watch of a place.
    mutating func unwatch(_ place: Place) {
        unwatched.remove(place)
        guard let watch = watches.removeValue(forKey: place) else { return }
        places[watch]?.remove(place)
        guard places[watch]?.isEmpty == true else { return }
        places[watch] = nil
        switch inotify {
        case .some(let instance): instance.remove(watch)
        case .none: break
        }
    }

    /// What a watch stands for; empty for one that was taken back.
    func places(of watch: WatchDescriptor) -> Set<Place> {
        places[watch] ?? []
    }

    /// What an event tells about; a place whose watch it ends is watched no more.
    mutating func places(toldBy event: InotifyEvent) -> Set<Place> {
        switch event.kind {
        case .ignored, .unmounted, .selfRemoved:
            return lose(event.watch)
        case .selfMoved:
            let places = places(of: event.watch)
            for place in places { unwatch(place) }
            return places
        case .closedAfterWriting, .closedAfterReading, .created, .movedIn, .movedOut, .removed:
            return places(of: event.watch)
        }
    }

    /// Forgets a watch that the kernel took back, and answers what it stood for.
    mutating func lose(_ watch: WatchDescriptor) -> Set<Place> {
        let lost = places.removeValue(forKey: watch) ?? []
        for place in lost { watches[place] = nil }
        return lost
    }

    /// Lets the next calls try again what the kernel refused.
    mutating func retryRefused() {
        isRefused = false
    }

    /// Reads what happened; see ``InotifyInstance/read(_:)``.
    func read(_ body: (InotifyRecord) -> Void) throws -> Bool {
        switch inotify {
        case .some(let instance): try instance.read(body)
        case .none: false
        }
    }

    private mutating func openInstance() throws(Errno) {
        do {
            inotify = try InotifyInstance()
        } catch Errno.tooManyOpenFiles {
            isRefused = true
        } catch Errno.tooManyOpenFilesInSystem {
            isRefused = true
        }
    }

    private func add(_ directory: Directory, for events: WatchEvents) throws(Errno) -> WatchDescriptor {
        switch inotify {
        case .some(let instance): try instance.watch(directory, for: events)
        case .none: throw Errno.noSpace
        }
    }

    private static func events(of place: Place) -> WatchEvents {
        switch place {
        case .above: [.created, .movedIn, .selfRemoved, .selfMoved]
        // An `events` directory is held open, and with it, for the kernel, all above it: no `selfRemoved` comes until
        // its own removal was told and it was let go.
        case .logRoot, .handler: [.created, .movedIn, .movedOut, .removed, .selfRemoved, .selfMoved]
        // CREATE alone tells of a hard link; an ordinary file's closing follows. Of reading we are told because another collector
        // may be about to remove what it read.
        case .events: [.closedAfterWriting, .closedAfterReading, .movedIn, .created, .selfRemoved, .selfMoved]
        }
    }
}
