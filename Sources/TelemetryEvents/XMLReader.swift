import CExpat

/// Why a text is no XML that is read here.
struct XMLFault: Error {
    /// In bytes from the beginning of what was read.
    let offset: Int
    let reason: String
    /// The text ended too early.
    let isIncomplete: Bool
}

/// Reads an XML document in one piece and calls back for each element that begins.
///
/// Who is called answers nil, or why the document cannot be taken. Who also wants what stands between the tags names it with
/// `onText` and `onEnd`; then CDATA sections are text like any other.
/// Otherwise what stands in those of an `Event` is read as XML too, once. The sections up to the next `Event`, or to the
/// end of this one, are one text; its elements are reported when it is complete.
final class XMLReader {
    private let parser: OpaquePointer?
    private let nesting: Int
    private let onElement: (XMLElement, _ offset: Int) -> String?
    /// Called for each piece of an element's text, in its order; the pieces of one text may be many.
    private let onText: ((UnsafeRawBufferPointer) -> Void)?
    /// Called at the end of each element.
    private let onEnd: ((_ offset: Int) -> Void)?
    private var depth = 0
    private var fault: XMLFault?
    /// The document that is read.
    private var text = UnsafeRawBufferPointer(start: nil, count: 0)

    /// The depth of the `Event` that is open, outermost first; 0 for none.
    private var eventDepth = 0
    private var startOfSection: Int?
    /// What stood in sections and is not yet read.
    private var waiting = SectionText()
    /// In a reader of what stood in sections: these.
    private let sections: SectionText?

    convenience init(nesting: Int, onElement: @escaping (XMLElement, _ offset: Int) -> String?) {
        self.init(nesting: nesting, sections: nil, onElement: onElement, onText: nil, onEnd: nil)
    }

    convenience init(
        nesting: Int, onElement: @escaping (XMLElement, _ offset: Int) -> String?,
        onText: @escaping (UnsafeRawBufferPointer) -> Void, onEnd: @escaping (_ offset: Int) -> Void
    ) {
        self.init(nesting: nesting, sections: nil, onElement: onElement, onText: onText, onEnd: onEnd)
    }

    private init(
        nesting: Int, sections: SectionText?, onElement: @escaping (XMLElement, _ offset: Int) -> String?,
        onText: ((UnsafeRawBufferPointer) -> Void)?, onEnd: ((_ offset: Int) -> Void)?
    ) {
        self.nesting = nesting
        self.sections = sections
        self.onElement = onElement
        self.onText = onText
        self.onEnd = onEnd
        // The encoding that a document declares is overruled: files are UTF-8.
        parser = XML_ParserCreate("UTF-8")
        guard let parser else { return }
        XML_SetElementHandler(
            parser,
            { reader, name, attributes in
                guard let name, let attributes else { return }
                XMLReader.from(reader)?.begin(XMLElement(name: name, attributes: attributes))
            },
            { reader, _ in XMLReader.from(reader)?.end() })
        XML_SetStartDoctypeDeclHandler(parser) { reader, _, _, _, _ in
            XMLReader.from(reader)?.stop("a document type declaration is not taken")
        }
        if onText != nil {
            XML_SetCharacterDataHandler(parser) { reader, text, length in
                XMLReader.from(reader)?.onText?(UnsafeRawBufferPointer(start: text, count: Int(length)))
            }
        } else if sections == nil {
            XML_SetCdataSectionHandler(
                parser, { reader in XMLReader.from(reader)?.beginSection() },
                { reader in XMLReader.from(reader)?.endSection() })
        }
    }

    deinit {
        XML_ParserFree(parser)
    }

    /// Reads a whole document.
    func read(_ document: UnsafeRawBufferPointer) throws(XMLFault) {
        try feed(document, isLast: true)
    }

    private func feed(_ word: StaticString, isLast: Bool) throws(XMLFault) {
        try feed(UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount), isLast: isLast)
    }

    private func feed(_ part: UnsafeRawBufferPointer, isLast: Bool) throws(XMLFault) {
        guard let parser, let length = Int32(exactly: part.count) else {
            throw XMLFault(offset: 0, reason: "no memory for reading XML", isIncomplete: false)
        }
        text = part
        // Set for each call: an unowned pointer must not outlive what it points to.
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        let base = part.baseAddress?.assumingMemoryBound(to: CChar.self)
        let status = XML_Parse(parser, base, length, isLast ? 1 : 0)
        if let fault { throw fault }
        guard status != XML_STATUS_OK else { return }
        let code = XML_GetErrorCode(parser)
        let reason = XML_ErrorString(code).map { String(cString: $0) } ?? "unknown"
        throw XMLFault(offset: offset, reason: "XML: " + reason, isIncomplete: Self.isEndOfText(code))
    }

    /// The faults that expat knows only at the end of a text that was right so far.
    ///
    /// A character that is cut in two is no such fault here: the text is known to be well-formed UTF-8.
    private static func isEndOfText(_ code: XML_Error) -> Bool {
        code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN || code == XML_ERROR_UNCLOSED_CDATA_SECTION
    }

    private static func from(_ reader: UnsafeMutableRawPointer?) -> XMLReader? {
        reader.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Where expat is, in bytes of the document.
    private var offset: Int {
        let place = Int(XML_GetCurrentByteIndex(parser))
        return sections?.offset(of: place - Self.opening.utf8CodeUnitCount) ?? place
    }

    private func stop(_ reason: String) {
        stop(XMLFault(offset: offset, reason: reason, isIncomplete: false))
    }

    private func stop(_ fault: XMLFault) {
        guard self.fault == nil else { return }
        self.fault = fault
        XML_StopParser(parser, 0)
    }

    // MARK: What expat reports

    private func begin(_ element: XMLElement) {
        depth += 1
        guard depth <= nesting else { return stop("elements stand in one another deeper than \(nesting)") }
        if element.isNamed("Event") {
            readSections()
            if eventDepth == 0 { eventDepth = depth }
        }
        if fault == nil, let reason = onElement(element, offset) { stop(reason) }
    }

    private func end() {
        if fault == nil { onEnd?(offset) }
        if depth == eventDepth {
            readSections()
            eventDepth = 0
        }
        depth -= 1
    }

    private func beginSection() {
        startOfSection = offset + "<![CDATA[".utf8.count
    }

    private func endSection() {
        guard let start = startOfSection, eventDepth > 0, fault == nil, start <= offset else { return }
        startOfSection = nil
        let section = UnsafeRawBufferPointer(rebasing: text[start..<offset])
        // What does not look like elements is text, which no event has.
        guard !waiting.bytes.isEmpty || AgentXMLDecoder.start(of: section) != nil else { return }
        waiting.append(section, from: start)
    }

    // MARK: Sections

    /// What stands around the sections for a reader of their own, as a document has one outermost element.
    private static let opening: StaticString = "<Data>"
    private static let closing: StaticString = "</Data>"

    /// Reads the elements in the sections that wait, as those of the open event.
    ///
    /// All at once: expat looks again at all of an element that it has only in part, so that many small sections would
    /// take time in proportion to the square of their number.
    private func readSections() {
        guard !waiting.bytes.isEmpty, fault == nil else { return }
        let sections = waiting
        waiting = SectionText()
        let reader = XMLReader(
            nesting: nesting, sections: sections, onElement: onElement, onText: nil, onEnd: nil)
        // Its outermost element stands for the event.
        reader.depth = eventDepth - 1
        do throws(XMLFault) {
            try reader.feed(Self.opening, isLast: false)
            try sections.bytes.span.withUnsafeBytes { (bytes) throws(XMLFault) in try reader.feed(bytes, isLast: false)
            }
            try reader.feed(Self.closing, isLast: true)
        } catch {
            stop(XMLFault(offset: error.offset, reason: error.reason, isIncomplete: false))
        }
    }
}
