/// Decodes an extension's event file straight into the eight fields of its events.
///
/// A pass over the text notes where the values of each event stand; only what an accepted event needs is copied, into
/// one buffer for the file.
struct ExtensionEventDecoder {
    /// What the last value of a field is.
    private struct Value {
        enum Kind: UInt8 {
            case missing
            case text
            case integer
            case other
        }

        var kind = Kind.missing
        /// The content of a text; of another value, all of it.
        var text = JSONString(start: 0)
    }

    /// An accepted event before the buffer of its texts is complete.
    private struct Accepted {
        let index: Int
        let places: InlineArray<8, ExtensionEvent.Place>
        let eventName: ExtensionEvent.Place
    }

    private let bytes: UnsafeRawBufferPointer
    private let file: EventFile
    private let limits: ValidationLimits
    /// What the name of each event begins with: `<handler>-`.
    private let namePrefix: [UInt8]
    private var values = InlineArray<8, Value>(repeating: Value())
    private var index = 0
    private var accepted: [Accepted] = []
    private var texts: TextArena
    private var tally: RejectionTally
    private var alterations: AlterationTally

    init(_ bytes: UnsafeRawBufferPointer, of file: EventFile, handler: UTF8Text, limits: ValidationLimits) {
        self.bytes = bytes
        self.file = file
        self.limits = limits
        namePrefix = handler.bytes + [UInt8(ascii: "-")]
        texts = TextArena(capacity: bytes.count)
        tally = RejectionTally(limits: limits)
        alterations = AlterationTally(limits: limits)
    }

    /// Decodes the whole file, or nothing of it.
    mutating func decode() throws(JSONFault) -> ValidatedFile {
        var scanner = try JSONScanner(bytes, nesting: limits.nesting)
        if scanner.peek() == UInt8(ascii: "[") {
            try scanner.forEachElement { (scanner) throws(JSONFault) in try decodeEvent(&scanner) }
        } else {
            try decodeEvent(&scanner)
        }
        try scanner.finish()
        return finished()
    }

    private mutating func decodeEvent(_ scanner: inout JSONScanner) throws(JSONFault) {
        defer { index &+= 1 }
        let first = scanner.peek()
        let start = scanner.position
        guard first == UInt8(ascii: "{") else {
            _ = try scanner.value()
            tally.add(.notAnObject, index: index, offset: start)
            return
        }
        for slot in values.indices { values[slot].kind = .missing }
        try scanner.forEachMember { (scanner, key) throws(JSONFault) in
            guard let field = ExtensionEvent.Field(key, of: bytes) else {
                _ = try scanner.value()
                return
            }
            try decodeValue(of: field, &scanner)
        }
        accept(from: start)
    }

    @inline(__always)
    private mutating func decodeValue(
        of field: ExtensionEvent.Field, _ scanner: inout JSONScanner
    ) throws(JSONFault) {
        _ = scanner.peek()
        let slot = field.rawValue
        let start = scanner.position
        switch try scanner.value() {
        case .text(let text):
            values[slot].text = text
            values[slot].kind = .text
        case .integer(let place):
            values[slot].text = JSONString(start: place.lowerBound)
            values[slot].text.end = place.upperBound
            values[slot].kind = .integer
        default:
            values[slot].text.start = start
            values[slot].kind = .other
        }
    }

    /// Accepts or rejects the event whose values are noted and which begins at `start`.
    private mutating func accept(from start: Int) {
        let mark = texts.bytes.count
        if let (code, offset) = fault(from: start) {
            texts.truncate(to: mark)
            tally.add(code, index: index, offset: offset)
        }
        if texts.holdsRedactions { texts.forgetRedactions() }
    }

    /// Checks the event in the contract's order and takes it; a fault and its place when it cannot be taken.
    private mutating func fault(from start: Int) -> (Rejection.Code, offset: Int)? {
        let messageSlot = ExtensionEvent.Field.message.rawValue
        let versionSlot = ExtensionEvent.Field.version.rawValue
        let message = values[messageSlot]
        guard message.kind != .missing else { return (.missingKey(.message), start) }
        var messageText = TextArena.Text(start: 0, end: 0, length: 0)
        if message.kind == .text {
            messageText = texts.append(message.text, of: bytes, strips: true)
            // The value's first byte is the quotation mark.
            if messageText.isEmpty { return (.emptyMessage, message.text.start - 1) }
        }
        let redactedMessage = messageText
        texts.cut(&messageText, to: limits.messageLength)
        for slot in values.indices where values[slot].kind != .text {
            if let fault = faultOfType(in: slot, from: start) { return fault }
        }
        var places = InlineArray<8, ExtensionEvent.Place>(repeating: Self.place(messageText))
        var length = messageText.length
        for slot in values.indices where slot != messageSlot && slot != versionSlot {
            let text = append(values[slot])
            places[slot] = Self.place(text)
            length &+= text.length
        }
        // The version comes last, after what precedes it in the event's name: so its bytes serve both.
        let nameStart = texts.bytes.count
        namePrefix.withUnsafeBytes { texts.append($0) }
        let version = append(values[versionSlot])
        places[versionSlot] = Self.place(version)
        guard length &+ version.length <= limits.eventLength else {
            return (.oversizeEvent(limit: limits.eventLength), start)
        }
        var eventName = Self.place(version)
        eventName.start = UInt32(truncatingIfNeeded: nameStart)
        accepted.append(Accepted(index: index, places: places, eventName: eventName))
        if texts.holdsRedactions { noteRedactions(message: redactedMessage, places) }
        if redactedMessage.length > messageText.length {
            alterations.add(
                .cut(from: redactedMessage.length, to: messageText.length), in: ExtensionEvent.Field.message.name,
                index: index)
        }
        return nil
    }

    /// Notes which fields of the event that was just accepted hold less than was written.
    private mutating func noteRedactions(message: TextArena.Text, _ places: InlineArray<8, ExtensionEvent.Place>) {
        for field in ExtensionEvent.Field.allCases {
            let place = places[field.rawValue]
            var text = TextArena.Text(start: Int(place.start), end: Int(place.end), length: 0)
            // The cut may have left none of it.
            if field == .message { text = message }
            let queries = texts.queriesRedacted(in: text)
            if queries > 0 { alterations.add(.redacted(queries: queries), in: field.name, index: index) }
        }
    }

    /// The fault of a field whose value is not text, unless it is an integer that may stand there.
    private func faultOfType(in slot: Int, from start: Int) -> (Rejection.Code, offset: Int)? {
        guard let field = ExtensionEvent.Field(rawValue: slot) else { return nil }
        let value = values[slot]
        guard value.kind != .missing else { return (.missingKey(field), start) }
        let takesIntegers = field == .eventPid || field == .eventTid
        if value.kind == .integer, takesIntegers { return nil }
        return (.invalidType(field, expected: takesIntegers ? "text or an integer" : "text"), value.text.start)
    }

    @inline(__always)
    private mutating func append(_ value: Value) -> TextArena.Text {
        guard value.kind == .integer else { return texts.append(value.text, of: bytes, strips: true) }
        var digits = value.text
        // JSON's spelling of an integer is the canonical one but for the minus sign of zero.
        if digits.end &- digits.start == 2, bytes[digits.start] == UInt8(ascii: "-"),
            bytes[digits.start &+ 1] == UInt8(ascii: "0")
        {
            digits.start &+= 1
        }
        return texts.append(digits, of: bytes, strips: false)
    }

    private static func place(_ text: TextArena.Text) -> ExtensionEvent.Place {
        ExtensionEvent.Place(start: UInt32(truncatingIfNeeded: text.start), end: UInt32(truncatingIfNeeded: text.end))
    }

    private mutating func finished() -> ValidatedFile {
        let time = EventTime.text(nanoseconds: file.modified)
        let provider = TelemetryEvent.extensionProvider
        let texts = texts.bytes
        var events: [TelemetryEvent] = []
        events.reserveCapacity(accepted.count)
        for event in accepted {
            let content = ExtensionEvent(texts: texts, places: event.places, eventNamePlace: event.eventName)
            events.append(
                TelemetryEvent(
                    file: file, index: event.index, eventID: TelemetryEvent.extensionEventID, providerID: provider,
                    content: .extensionEvent(content), time: time))
        }
        return ValidatedFile(events: events, rejections: tally.finish(in: bytes), alterations: alterations)
    }
}
