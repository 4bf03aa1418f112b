extension ExtensionEvent.Field {
    /// The field that a key of an event names, without regard to ASCII case; nil for a key of someone else's.
    @inline(__always)
    init?(_ key: JSONString, of file: UnsafeRawBufferPointer) {
        let field: Self? =
            if key.isEscaped {
                Self(unescaping: UnsafeRawBufferPointer(rebasing: file[key.start..<key.end]))
            } else {
                Self(UnsafeRawBufferPointer(rebasing: file[key.start..<key.end]))
            }
        guard let field else { return nil }
        self = field
    }

    /// Length first, then all letters: no two names that share both ends have the same length.
    @inline(__always)
    private init?(_ key: UnsafeRawBufferPointer) {
        let field: Self
        switch key.count {
        case 7: field = key[0] | 0x20 == UInt8(ascii: "v") ? .version : .message
        case 8:
            guard key[0] | 0x20 == UInt8(ascii: "e") else {
                field = .taskName
                break
            }
            field = key[5] | 0x20 == UInt8(ascii: "p") ? .eventPid : .eventTid
        case 9: field = .timestamp
        case 10: field = .eventLevel
        case 11: field = .operationId
        default: return nil
        }
        guard field.isNamed(by: key) else { return nil }
        self = field
    }

    /// An escaped key is rare, and longer than its text: more than six bytes for each letter are none of ours.
    private init?(unescaping raw: UnsafeRawBufferPointer) {
        guard raw.count <= 6 * 11 else { return nil }
        var key: [UInt8] = []
        JSONEscapes.append(raw, to: &key)
        guard let field = key.withUnsafeBytes({ Self($0) }) else { return nil }
        self = field
    }

    @inline(__always)
    private func isNamed(by key: UnsafeRawBufferPointer) -> Bool {
        let name = lowercaseName
        for place in 0..<key.count where key[place] | 0x20 != name.utf8Start[place] { return false }
        return true
    }

    /// Letters only: so setting the bit of lower case turns no other byte into one of these.
    @inline(__always)
    private var lowercaseName: StaticString {
        switch self {
        case .eventLevel: "eventlevel"
        case .eventPid: "eventpid"
        case .eventTid: "eventtid"
        case .message: "message"
        case .operationId: "operationid"
        case .taskName: "taskname"
        case .timestamp: "timestamp"
        case .version: "version"
        }
    }
}
