/// Finds values in an XML document: for each that is wanted, the first element of its name at any depth tells.
///
/// A document type declaration is refused, and with it every entity that is not XML's own.
final class XMLValueFinder {
    /// Where a value stands.
    enum Place {
        /// It is all the text between an element's tags, without white space at both ends.
        case text(of: StaticString)
        case attribute(StaticString, of: StaticString)

        var element: StaticString {
            switch self {
            case .text(let element): element
            case .attribute(_, let element): element
            }
        }

        /// What an operator is told when it is missing.
        var name: String {
            switch self {
            case .text(let element): element.description
            case .attribute(let attribute, let element): "\(element) \(attribute)"
            }
        }
    }

    /// A value while its element is read.
    private struct Finding {
        let place: Place
        var isPassed = false
        var text: [UInt8] = []
        /// The depth of the element whose text is being read.
        var depth: Int?
    }

    private let bytes: UnsafeRawBufferPointer
    private var findings: [Finding]
    private var depth = 0
    private var tooLong: ServiceAnswerError?

    private init(_ bytes: UnsafeRawBufferPointer, places: [Place]) {
        self.bytes = bytes
        findings = places.map { Finding(place: $0) }
    }

    /// The values in the order of `places`; nil for one that is not there or is empty.
    ///
    /// - Throws: what is wrong with the document, and where.
    static func values(
        at places: [Place], in bytes: UnsafeRawBufferPointer
    ) throws(ServiceAnswerError) -> [UTF8Text?] {
        let finder = XMLValueFinder(bytes, places: places)
        try finder.read()
        return finder.findings.map { finding in
            let range = finding.text.withUnsafeBytes { WhiteSpace.strippedRange(of: $0) }
            return range.isEmpty ? nil : UTF8Text(repairing: finding.text[range])
        }
    }

    private func read() throws(ServiceAnswerError) {
        // What holds this finder lives as long as this call, and the finder longer.
        let reader = XMLReader(
            nesting: ServiceAnswerLimits.nesting,
            onElement: { [unowned self] element, offset in
                begin(element, at: offset)
                return tooLong.map { "\($0)" }
            },
            onText: { [unowned self] text in take(text) },
            onEnd: { [unowned self] offset in end(at: offset) })
        do throws(XMLFault) {
            try reader.read(bytes)
        } catch {
            throw tooLong ?? ServiceAnswerError(.malformed(error.reason), at: error.offset, in: bytes)
        }
        if let tooLong { throw tooLong }
    }

    private func begin(_ element: XMLElement, at offset: Int) {
        depth += 1
        for index in findings.indices where !findings[index].isPassed && element.isNamed(findings[index].place.element)
        {
            findings[index].isPassed = true
            switch findings[index].place {
            case .text: findings[index].depth = depth
            case .attribute(let name, _):
                findings[index].text = element[name].map { Array($0) } ?? []
                checkLength(of: index, at: offset)
            }
        }
    }

    private func take(_ text: UnsafeRawBufferPointer) {
        for index in findings.indices where findings[index].depth != nil {
            // One byte more than the limit shows at the end that it was passed.
            let room = ServiceAnswerLimits.valueLength + 1 - findings[index].text.count
            findings[index].text += text.prefix(max(room, 0))
        }
    }

    private func end(at offset: Int) {
        for index in findings.indices where findings[index].depth == depth {
            findings[index].depth = nil
            checkLength(of: index, at: offset)
        }
        depth -= 1
    }

    private func checkLength(of index: Int, at offset: Int) {
        guard tooLong == nil, findings[index].text.count > ServiceAnswerLimits.valueLength else { return }
        let code = ServiceAnswerError.Code.tooLong(
            findings[index].place.name, limit: ServiceAnswerLimits.valueLength)
        tooLong = ServiceAnswerError(code, at: offset, in: bytes)
    }
}
