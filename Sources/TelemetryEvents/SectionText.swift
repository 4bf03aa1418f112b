/// The CDATA sections of an event as one text, which knows where in the document each of its bytes stood.
struct SectionText {
    /// A section: its place in the text, and in the document.
    private struct Section {
        let start: Int
        let offset: Int
    }

    private(set) var bytes: [UInt8] = []
    private var sections: [Section] = []

    /// Appends a section that begins at `offset` of the document.
    mutating func append(_ section: UnsafeRawBufferPointer, from offset: Int) {
        sections.append(Section(start: bytes.count, offset: offset))
        bytes.append(contentsOf: section)
    }

    /// Where the byte at `place` of the text stood in the document; its ends stand for what lies beyond them.
    func offset(of place: Int) -> Int {
        let place = min(max(place, 0), bytes.count)
        var (first, end) = (0, sections.count)
        while first < end {
            let middle = first + (end - first) / 2
            if sections[middle].start <= place { first = middle + 1 } else { end = middle }
        }
        guard first > 0 else { return 0 }
        return sections[first - 1].offset + place - sections[first - 1].start
    }
}
