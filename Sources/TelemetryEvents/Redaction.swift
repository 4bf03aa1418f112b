/// Finds the queries of URLs that hold a signature: whoever has such a URL has the access that it grants.
///
/// A URL begins with `http://` or `https://`, wherever that stands, and ends at the next white space. Its query begins
/// after the first question mark; its parameters are parted by `&`, `;` and `#` (so that a fragment cannot hide one,
/// nor an ampersand that was escaped for HTML). One of eight names with a value makes the whole query a secret.
///
/// Where the first query of a run without white space holds none, a later question mark may begin one that does: that
/// of a URL within the URL. Each byte is looked at a fixed number of times, whatever the text is.
struct Redaction {
    /// What stands in the text for a query that was taken out.
    static let replacement: StaticString = "<redacted>"

    /// The text with each secret query replaced, and how many there were; nil when there is none.
    static func redacted(_ text: UnsafeRawBufferPointer) -> (text: [UInt8], queries: Int)? {
        var redaction = Redaction(text)
        guard let first = redaction.next() else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var done = 0
        var queries = 0
        var next: Range<Int>? = first
        while let secret = next {
            result.append(contentsOf: text[done..<secret.lowerBound])
            result.append(
                contentsOf: UnsafeBufferPointer(start: replacement.utf8Start, count: replacement.utf8CodeUnitCount))
            done = secret.upperBound
            queries &+= 1
            next = redaction.next()
        }
        result.append(contentsOf: text[done...])
        return (result, queries)
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The next query to be taken out, without its question mark; nil when no other follows.
    mutating func next() -> Range<Int>? {
        while let query = firstQuery() {
            let (secret, end) = secretStart(ofRunFrom: query)
            position = end
            if let secret { return secret..<end }
        }
        return nil
    }

    /// Goes on to the first question mark of the next URL that has one, and returns the place after it.
    private mutating func firstQuery() -> Int? {
        var isInURL = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "?"), isInURL {
                position &+= 1
                return position
            }
            if byte == UInt8(ascii: ":"), !isInURL, isScheme(before: position) {
                isInURL = true
                position &+= 3
                continue
            }
            if isInURL, WhiteSpace.length(in: bytes, at: position) > 0 { isInURL = false }
            position &+= 1
        }
        return nil
    }

    /// Whether `http` or `https` stands before the colon at `place`, with two slashes after it.
    private func isScheme(before place: Int) -> Bool {
        guard place &+ 2 < bytes.count, bytes[place &+ 1] == UInt8(ascii: "/"), bytes[place &+ 2] == UInt8(ascii: "/")
        else { return false }
        return ends(with: "http", at: place) || ends(with: "https", at: place)
    }

    private func ends(with word: StaticString, at end: Int) -> Bool {
        let start = end &- word.utf8CodeUnitCount
        return start >= 0 && matches(word, at: start)
    }

    /// Looks through a query and what follows it up to white space.
    ///
    /// Returns where what must be taken out begins, and where the run ends.
    private func secretStart(ofRunFrom query: Int) -> (secret: Int?, end: Int) {
        var holdsSignature = isSignature(at: query)
        var laterQuery: Int?
        var place = query
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "#"):
                if !holdsSignature { holdsSignature = isSignature(at: place &+ 1) }
            case UInt8(ascii: "?"):
                if laterQuery == nil, isSignature(at: place &+ 1) { laterQuery = place &+ 1 }
            default:
                if WhiteSpace.length(in: bytes, at: place) > 0 {
                    return (holdsSignature ? query : laterQuery, place)
                }
            }
            place &+= 1
        }
        return (holdsSignature ? query : laterQuery, place)
    }

    /// Whether a parameter of one of the eight names begins at `place` and has a value.
    private func isSignature(at place: Int) -> Bool {
        guard place &+ 3 < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "s") else { return false }
        for name: StaticString in ["sv=", "st=", "se=", "sr=", "sp=", "sip=", "spr=", "sig="]
        where matches(name, at: place) {
            let value = place &+ name.utf8CodeUnitCount
            guard value < bytes.count, WhiteSpace.length(in: bytes, at: value) == 0 else { return false }
            switch bytes[value] {
            case UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "#"): return false
            default: return true
            }
        }
        return false
    }

    /// Compares with a word of lower-case letters, colons and the like, without regard to ASCII case.
    private func matches(_ word: StaticString, at start: Int) -> Bool {
        guard start &+ word.utf8CodeUnitCount <= bytes.count else { return false }
        for offset in 0..<word.utf8CodeUnitCount {
            let byte = bytes[start &+ offset]
            let isUppercase = byte &- UInt8(ascii: "A") < 26
            guard (isUppercase ? byte | 0x20 : byte) == word.utf8Start[offset] else { return false }
        }
        return true
    }
}
