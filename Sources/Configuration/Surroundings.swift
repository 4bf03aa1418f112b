/// What the machine is like where the collector is to work: facts only, gathered without changing anything.
package struct Surroundings: Sendable {
    /// A directory that is there.
    package struct Directory: Hashable, Sendable {
        /// Which one it is, whatever path leads there.
        package let device: UInt64
        package let inode: UInt64
        /// The mount through which the path leads there; nil where the kernel does not tell.
        package let mount: UInt64?
        /// Why entries can be neither made nor moved; nil: they can.
        package let notWritable: String?
        /// Why the kernel gives no watch; nil: it does.
        package let notWatchable: String?

        package init(device: UInt64, inode: UInt64, mount: UInt64?, notWritable: String?, notWatchable: String?) {
            self.device = device
            self.inode = inode
            self.mount = mount
            self.notWritable = notWritable
            self.notWatchable = notWatchable
        }
    }

    /// What is at a path.
    package enum State: Hashable, Sendable {
        case there(Directory)
        /// Nothing; the nearest directory above that is there would hold it, if that can be told.
        case missing(above: Above?)
        /// Another kind of file.
        case other(kind: String)
        /// The kernel does not let us look, and says why.
        case unreachable(reason: String)
    }

    /// The nearest directory above a path.
    package struct Above: Hashable, Sendable {
        package let path: String
        package let directory: Directory

        package init(path: String, directory: Directory) {
            self.path = path
            self.directory = directory
        }
    }

    /// A path and what is there.
    package struct Place: Hashable, Sendable {
        package let path: String
        package let state: State

        package init(path: String, state: State) {
            self.path = path
            self.state = state
        }
    }

    /// The log root and the extensions below it.
    package struct LogRoot: Hashable, Sendable {
        package let place: Place
        /// The `events` directories by extension, sorted by name; those that do not exist are left out.
        package let extensions: [Extension]
        /// Extensions that were found and not looked at, for there are too many.
        package let leftOut: Int
        /// The directories of extensions, with or without `events`.
        package let handlerCount: Int

        package init(place: Place, extensions: [Extension], leftOut: Int, handlerCount: Int) {
            self.place = place
            self.extensions = extensions
            self.leftOut = leftOut
            self.handlerCount = handlerCount
        }
    }

    /// An extension's `events`.
    package struct Extension: Hashable, Sendable {
        package let name: String
        package let events: Place

        package init(name: String, events: Place) {
            self.name = name
            self.events = events
        }
    }

    /// Who works in the spool.
    package enum Holder: Hashable, Sendable {
        case nobody
        case process(String)
        case unknown(reason: String)
    }

    /// What the kernel gives for watching, and what this user's processes have of it.
    package struct Watching: Hashable, Sendable {
        /// A bound and what is used of it; nil where the kernel does not tell.
        package struct Use: Hashable, Sendable {
            package let limit: Int?
            package let used: Int

            package init(limit: Int?, used: Int) {
                self.limit = limit
                self.used = used
            }
        }

        package let watches: Use
        package let instances: Use
        package let queuedEvents: Int?
        /// Whether all of the user's processes could be looked at.
        package let isComplete: Bool
        /// Why no instance could be had for a trial; nil: one could.
        package let noInstance: String?

        package init(watches: Use, instances: Use, queuedEvents: Int?, isComplete: Bool, noInstance: String?) {
            self.watches = watches
            self.instances = instances
            self.queuedEvents = queuedEvents
            self.isComplete = isComplete
            self.noInstance = noInstance
        }
    }

    /// A file that the settings name, and why it cannot be used; nil: it can.
    package struct NamedFile: Hashable, Sendable {
        package let key: Setting.Key
        package let path: String
        package let trouble: String?

        package init(key: Setting.Key, path: String, trouble: String?) {
            self.key = key
            self.path = path
            self.trouble = trouble
        }
    }

    /// The user whose rights were tried.
    package var user: UInt32
    /// Nil when extension events are not collected.
    package var logRoot: LogRoot?
    /// Nil when agent events are not collected.
    package var agentEvents: Place?
    package var spool: Place
    package var holder: Holder
    package var watching: Watching
    /// Descriptors that a process of this user may hold.
    package var openFileLimit: Int
    /// Why journald cannot be reached; nil: it can.
    package var noJournal: String?
    package var files: [NamedFile]
    /// The service of systemd's in which this runs; nil: in none.
    package var unit: String?

    package init(
        user: UInt32, logRoot: LogRoot?, agentEvents: Place?, spool: Place, holder: Holder, watching: Watching,
        openFileLimit: Int, noJournal: String?, files: [NamedFile], unit: String?
    ) {
        self.user = user
        self.logRoot = logRoot
        self.agentEvents = agentEvents
        self.spool = spool
        self.holder = holder
        self.watching = watching
        self.openFileLimit = openFileLimit
        self.noJournal = noJournal
        self.files = files
        self.unit = unit
    }
}
