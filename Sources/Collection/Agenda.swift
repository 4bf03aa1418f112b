internal import SystemCalls

/// What is to be examined, in order, each thing once.
struct Agenda {
    /// One thing to examine.
    enum Task: Hashable, Sendable {
        case root(WatchTable.Root)
        case handler(FileName)

        /// What examines the publisher's directory.
        init(_ publisher: Publisher) {
            switch publisher {
            case .agent: self = .root(.agentEvents)
            case .handler(let name): self = .handler(name)
            }
        }

        /// What examines a watched place, or what is missing below it.
        init(_ place: WatchTable.Place) {
            switch place {
            case .above(let root): self = .root(root)
            case .logRoot: self = .root(.extensionLog)
            case .handler(let name): self = .handler(name)
            case .events(let publisher): self.init(publisher)
            }
        }
    }

    private var tasks: [Task] = []
    private var position = 0
    private var known: Set<Task> = []

    var isEmpty: Bool { known.isEmpty }

    mutating func add(_ task: Task) {
        if known.insert(task).inserted { tasks.append(task) }
    }

    mutating func next() -> Task? {
        guard position < tasks.count else { return nil }
        let task = tasks[position]
        position += 1
        known.remove(task)
        if position == tasks.count {
            tasks.removeAll(keepingCapacity: true)
            position = 0
        }
        return task
    }
}
