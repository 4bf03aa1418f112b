internal import SystemCalls

/// What is to be examined, in order, each thing once.
struct Agenda {
    /// One thing to examine.
    enum Task: Hashable, Sendable {
        case root(WatchTable.Root)
        case handler(FileName)
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
