/// The claims of one publisher as a binary heap whose root goes first: adding and taking cost a logarithm, in whatever order
/// the directory told them.
struct WaitingClaims: Sendable {
    /// Which claim goes first.
    enum Order: Sendable {
        /// As publishers expect of a channel with a cap.
        case newestFirst
        case oldestFirst
    }

    private let order: Order
    private var heap: [Claim] = []

    init(_ order: Order) {
        self.order = order
    }

    var count: Int { heap.count }
    var isEmpty: Bool { heap.isEmpty }

    /// The claims in no particular order.
    var unordered: [Claim] { heap }

    private func precedes(_ left: Claim, _ right: Claim) -> Bool {
        switch order {
        case .newestFirst: left.isNewer(than: right)
        case .oldestFirst: right.isNewer(than: left)
        }
    }

    mutating func add(_ claim: Claim) {
        heap.append(claim)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(heap[child], heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func takeFirst() -> Claim? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return first
    }

    /// Drops those that go last but for `kept`, and answers how many claims that were.
    mutating func dropLast(keeping kept: Int) -> Int {
        let dropped = max(heap.count - kept, 0)
        // Sorted, an array is a heap.
        heap.sort(by: precedes)
        heap.removeLast(dropped)
        return dropped
    }

    /// Takes out the claims that are `gone`, and answers how many they were.
    mutating func remove(where gone: (Claim) -> Bool) -> Int {
        let before = heap.count
        heap.removeAll(where: gone)
        guard heap.count < before else { return 0 }
        heap.sort(by: precedes)
        return before - heap.count
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if precedes(heap[child], heap[first]) { first = child }
            }
            guard first != parent else { return }
            heap.swapAt(parent, first)
            parent = first
        }
    }
}
