/// Counts the rejections of one file, and keeps the first of them.
///
/// A file may hold a million events that are all rejected: one costs an increment, and no memory.
struct RejectionTally {
    /// A kept rejection; its line is counted only when the file is done.
    private struct Kept {
        let code: Rejection.Code
        let index: Int
        let offset: Int
    }

    private let limit: Int
    private var kept: [Kept] = []
    /// The code that was counted last, and how often in a row: floods repeat one code.
    private var last: (code: Rejection.Code, count: Int)?
    private var counts: [Rejection.Code: Int] = [:]

    init(limits: ValidationLimits) {
        limit = limits.keptRejections
    }

    mutating func add(_ code: Rejection.Code, index: Int, offset: Int) {
        if kept.count < limit { kept.append(Kept(code: code, index: index, offset: offset)) }
        if last?.code == code {
            last?.count &+= 1
            return
        }
        flush()
        last = (code, 1)
    }

    /// The counts by code, and the kept rejections with their places.
    mutating func finish(
        in bytes: UnsafeRawBufferPointer
    ) -> (counts: [Rejection.Code: Int], kept: [Rejection]) {
        flush()
        var places = TextPlaceCounter(bytes)
        let rejections = kept.map { Rejection(code: $0.code, index: $0.index, place: places.place(at: $0.offset)) }
        return (counts, rejections)
    }

    private mutating func flush() {
        guard let last else { return }
        counts[last.code, default: 0] += last.count
        self.last = nil
    }
}
