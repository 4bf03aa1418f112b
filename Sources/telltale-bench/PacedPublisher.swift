internal import SystemCalls
internal import SystemPackage

/// Publishes one event after another as extensions do, a temporary file and a rename, at a steady pace.
struct PacedPublisher {
    /// Events a second.
    static let rate: UInt64 = 50

    let directory: Directory
    let table: ArrivalTable

    /// Publishes every event of the table.
    func run() throws(Errno) {
        var text = Array(EventText.event(message: "seq=00000000 " + EventText.message(ofBytes: 187)).utf8)
        let place = Self.placeOfSequence(in: text)
        let start = Clocks.monotonicNanoseconds()
        for sequence in 0..<table.count {
            Self.write(sequence, into: &text, at: place)
            let name = FileName("\(1_700_000_000 + sequence).json".utf8)
            let temporary = FileName("\(1_700_000_000 + sequence).json.tmp".utf8)
            Kernel.sleep(until: start + UInt64(sequence) * (1_000_000_000 / Self.rate))
            let file = try directory.openForWriting(temporary, .new)
            try file.writeAll(text)
            _ = consume file
            table.stamp(sequence)
            try directory.replace(name, with: temporary)
        }
    }

    private static func placeOfSequence(in text: [UInt8]) -> Int {
        let mark = ArrivalTable.mark
        for start in 0..<text.count - mark.count where text[start..<start + mark.count].elementsEqual(mark) {
            return start + mark.count
        }
        preconditionFailure("The text holds the mark.")
    }

    private static func write(_ sequence: Int, into text: inout [UInt8], at place: Int) {
        var rest = sequence
        for offset in (0..<ArrivalTable.digits).reversed() {
            text[place + offset] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
