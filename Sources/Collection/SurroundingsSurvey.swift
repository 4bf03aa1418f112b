package import Configuration
internal import Inotify
internal import SystemCalls
internal import SystemPackage

/// Looks at what a collector with a configuration would work with: its directories, its spool, the kernel's bounds.
///
/// It makes and claims nothing; each directory is watched for the instant of a trial, and the spool's lock is asked for, not taken.
package struct SurroundingsSurvey: ~Copyable {
    /// Extensions that are looked at; the others are counted.
    private static let mostExtensions = 1000
    /// Entries of the log root that are counted.
    private static let mostEntries = 100_000

    private let configuration: EffectiveConfiguration
    /// For trials; nil while the kernel gives none.
    private let inotify: InotifyInstance?
    private let noInstance: Errno?
    private let use: InotifyUse

    package init(of configuration: EffectiveConfiguration) {
        self.configuration = configuration
        use = InotifyUse(ofUser: Machine.userID())
        do throws(Errno) {
            inotify = try InotifyInstance()
            noInstance = nil
        } catch {
            inotify = nil
            noInstance = error
        }
    }

    /// The log root and its extensions; nil when they are not collected.
    package func logRoot() -> Surroundings.LogRoot? {
        guard let path = configuration.extensionLog else { return nil }
        let place = place(at: path)
        guard case .there = place.state, let root = try? Directory(at: FilePath(path)) else {
            return Surroundings.LogRoot(place: place, extensions: [], leftOut: 0, handlerCount: 0)
        }
        let handlers = Self.handlers(in: root)
        var extensions: [Surroundings.Extension] = []
        for name in handlers.prefix(Self.mostExtensions) {
            let events = "\(path)/\(name)/events"
            guard let state = state(ofEventsOf: name, in: root) else { continue }
            extensions.append(Surroundings.Extension(name: "\(name)", events: .init(path: events, state: state)))
        }
        return Surroundings.LogRoot(
            place: place, extensions: extensions, leftOut: max(0, handlers.count - Self.mostExtensions),
            handlerCount: handlers.count)
    }

    /// The directories of the log root, by name.
    private static func handlers(in root: Directory) -> [FileName] {
        var handlers: [FileName] = []
        guard let entries = try? root.entries() else { return [] }
        while let next = try? entries.next(), !next.isEmpty, handlers.count < mostEntries {
            for entry in next where Publisher.isHandlerName(entry.name) {
                let kind = entry.kind ?? ((try? root.status(of: entry.name)) ?? nil)?.kind
                if kind == .directory { handlers.append(entry.name) }
            }
        }
        return handlers.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    }

    /// The agent's events directory; nil when it is not collected.
    package func agentEvents() -> Surroundings.Place? {
        configuration.agentEvents.map { place(at: $0) }
    }

    /// The spool's directory, which can be written when what another process made in it can be as well.
    package func spool() -> Surroundings.Place {
        let path = FilePath(configuration.spool)
        return place(at: configuration.spool) { () throws(Errno) in
            let spool = try Directory(at: path)
            for name in Spool.entries where try spool.status(of: name) != nil { try spool.requireWritable(name) }
        }
    }

    /// Who works in the spool.
    package func holder() -> Surroundings.Holder {
        do throws(Errno) {
            let file = try Directory(at: FilePath(configuration.spool)).openForReading("lock")
            guard try file.isLockedByAnother() else { return .nobody }
            return .process(SpoolLock.holder(by: file))
        } catch {
            return error == .noSuchFileOrDirectory || error == .notDirectory ? .nobody : .unknown(reason: "\(error)")
        }
    }

    /// The kernel's bounds on watching, and what this user's processes had of them before the survey began.
    package func watching() -> Surroundings.Watching {
        let limits = InotifyLimits()
        return Surroundings.Watching(
            watches: .init(limit: limits.watches, used: use.watches),
            instances: .init(limit: limits.instances, used: use.instances), queuedEvents: limits.queuedEvents,
            isComplete: use.isComplete, noInstance: noInstance.map { "\($0)" })
    }

    private func place(
        at path: String, requiring more: () throws(Errno) -> Void = {}
    ) -> Surroundings.Place {
        do throws(Errno) {
            return .init(path: path, state: .there(facts(of: try Directory(at: FilePath(path)), requiring: more)))
        } catch Errno.noSuchFileOrDirectory {
            return .init(path: path, state: .missing(above: above(FilePath(path))))
        } catch Errno.notDirectory {
            let kind = (try? FileStatus.ofPath(FilePath(path)))?.kind
            return .init(path: path, state: .other(kind: (kind ?? .regular).rawValue))
        } catch {
            return .init(path: path, state: .unreachable(reason: "\(error)"))
        }
    }

    /// What an extension's `events` is; a link is not followed.
    ///
    /// Nil: there is none.
    private func state(ofEventsOf handler: FileName, in root: Directory) -> Surroundings.State? {
        do throws(Errno) {
            let handler = try Directory(named: handler, in: root)
            guard let status = try handler.status(of: Publisher.eventsDirectory) else { return nil }
            guard status.kind == .directory else { return .other(kind: status.kind.rawValue) }
            return .there(facts(of: try Directory(named: Publisher.eventsDirectory, in: handler)))
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            return .unreachable(reason: "\(error)")
        }
    }

    private func above(_ path: FilePath) -> Surroundings.Above? {
        var path = path
        while path.lastComponent != nil {
            let above = path.containingDirectory
            if let directory = try? Directory(at: above) {
                return .init(path: above.string, directory: facts(of: directory))
            }
            path.removeLastComponent()
        }
        return nil
    }

    private func facts(
        of directory: Directory, requiring more: () throws(Errno) -> Void = {}
    ) -> Surroundings.Directory {
        let status = try? directory.status()
        return Surroundings.Directory(
            device: status?.device ?? 0, inode: status?.inode ?? 0, mount: (try? directory.mountID()) ?? nil,
            notWritable: Self.refusal { () throws(Errno) in
                try directory.requireWritable()
                try more()
            },
            notWatchable: Self.refusal { () throws(Errno) in try tryWatch(directory) })
    }

    /// The watch is given back at once, so that the trial of many directories takes one at a time.
    ///
    /// Without an instance nothing is tried: its absence is a fact of its own.
    private func tryWatch(_ directory: Directory) throws(Errno) {
        switch inotify {
        case .some(let instance): instance.remove(try instance.watch(directory, for: .created))
        case .none: return
        }
    }

    private static func refusal(_ body: () throws(Errno) -> Void) -> String? {
        do throws(Errno) {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
