/// The well-formed byte sequences of one code point (Unicode, table 3-7).
enum UTF8Sequence {
    enum Fault: Error {
        /// The text ends within a sequence that is well-formed so far.
        case truncated
        case invalid
    }

    /// The length of the sequence that begins at `start` with a byte that is not ASCII.
    static func length(in bytes: UnsafeRawBufferPointer, from start: Int) throws(Fault) -> Int {
        let lead = bytes[start]
        let length: Int
        /// The second byte alone tells overlong forms, surrogates and what lies beyond U+10FFFF.
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw .invalid
        }
        guard start &+ 1 < bytes.count else { throw .truncated }
        guard second.contains(bytes[start &+ 1]) else { throw .invalid }
        for place in start &+ 2..<start &+ length {
            guard place < bytes.count else { throw .truncated }
            guard bytes[place] & 0xC0 == 0x80 else { throw .invalid }
        }
        return length
    }

    /// Why the sequence that begins at `place` is not well-formed; nil when it is.
    static func fault(in bytes: UnsafeRawBufferPointer, at place: Int) -> JSONFault? {
        guard bytes[place] >= 0x80 else { return nil }
        do {
            _ = try length(in: bytes, from: place)
            return nil
        } catch .truncated {
            return JSONFault(.unexpectedEnd, at: bytes.count, expected: "the rest of a character")
        } catch {
            return JSONFault(.invalidUTF8, at: place)
        }
    }

    /// The fault of the first sequence from `start` on that is not well-formed; nil when all are.
    static func firstFault(in bytes: UnsafeRawBufferPointer, from start: Int) -> JSONFault? {
        var place = start
        while place < bytes.count {
            if bytes[place] < 0x80 {
                place &+= 1
            } else if let length = try? length(in: bytes, from: place) {
                place &+= length
            } else {
                return fault(in: bytes, at: place)
            }
        }
        return nil
    }

    /// How many code points well-formed `bytes` hold.
    static func codePoints(in bytes: UnsafeRawBufferPointer) -> Int {
        var count = 0
        for byte in bytes where byte & 0xC0 != 0x80 { count &+= 1 }
        return count
    }

    /// How many bytes the first `limit` code points of well-formed `bytes` take.
    static func byteLength(ofFirst limit: Int, in bytes: UnsafeRawBufferPointer) -> Int {
        var count = 0
        for (place, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 {
            if count == limit { return place }
            count &+= 1
        }
        return bytes.count
    }
}
