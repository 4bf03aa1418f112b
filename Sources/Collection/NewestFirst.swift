/// The claims of one publisher as a binary heap whose root is the newest: adding and taking cost a logarithm, in
/// whatever order the directory told them.
struct NewestFirst: Sendable {
    private var heap: [Claim] = []

    var count: Int { heap.count }
    var isEmpty: Bool { heap.isEmpty }

    /// The claims in no particular order.
    var unordered: [Claim] { heap }

    mutating func add(_ claim: Claim) {
        heap.append(claim)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isNewer(than: heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func takeNewest() -> Claim? {
        guard let newest = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return newest
    }

    /// Drops the older ones but `kept`, and answers how many claims that were.
    mutating func dropOlder(keeping kept: Int) -> Int {
        let dropped = max(heap.count - kept, 0)
        // Sorted from the newest to the oldest, an array is a heap.
        heap.sort { $0.isNewer(than: $1) }
        heap.removeLast(dropped)
        return dropped
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var newest = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].isNewer(than: heap[newest]) { newest = child }
            }
            guard newest != parent else { return }
            heap.swapAt(parent, newest)
            parent = newest
        }
    }
}
