package import SystemCalls
package import TelemetryEvents

/// An event file that is ours: it lies in the spool under a name that no other process uses.
package struct Claim: Hashable, Sendable {
    package let id: ClaimID
    /// The publisher's name for the file.
    package let name: FileName
    /// The bytes of the file when it was claimed or found; nil when nobody asked yet.
    package let size: Int?
    package let shelf: Shelf

    package init(id: ClaimID, name: FileName, size: Int? = nil, shelf: Shelf = .arrived) {
        self.id = id
        self.name = name
        self.size = size
        self.shelf = shelf
    }

    /// The same claim, of which is known how large it is.
    func sized(_ size: Int) -> Claim {
        self.size == nil ? Claim(id: id, name: name, size: size, shelf: shelf) : self
    }

    /// The same claim on another shelf.
    func moved(to shelf: Shelf) -> Claim {
        Claim(id: id, name: name, size: size, shelf: shelf)
    }

    /// Bytes that a directory entry may have (NAME_MAX of limits.h).
    static let longestName = 255

    /// Whether the name is too long to stand beside the id: the file then keeps its whole name, in a directory that
    /// bears the id.
    package var isNested: Bool {
        ClaimID.length + 1 + name.bytes.count > Self.longestName
    }

    /// The entry in the publisher's spool directory: `<id>-<name>`, or `<id>-` for a directory that holds the file.
    package var entry: FileName {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ClaimID.length + 1 + name.bytes.count)
        id.write(to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        if !isNested { bytes.append(contentsOf: name.bytes) }
        return FileName(bytes)
    }

    /// The name that the publisher's file bears while it is removed after it was copied: `<id>.claimed`, which is no
    /// event file's.
    var aside: FileName {
        var bytes: [UInt8] = []
        id.write(to: &bytes)
        return FileName(bytes + Array(".claimed".utf8))
    }

    /// Reads an entry's id and name; the name is empty for a directory that holds the file.
    ///
    /// Nil for what is no claim.
    static func parse(entry: FileName) -> (id: ClaimID, name: ArraySlice<UInt8>)? {
        let bytes = entry.bytes
        guard bytes.count > ClaimID.length, bytes[ClaimID.length] == UInt8(ascii: "-"),
            let id = ClaimID(bytes.prefix(ClaimID.length))
        else { return nil }
        return (id, bytes.dropFirst(ClaimID.length + 1))
    }

    /// Whether this file is admitted before `other` of the same publisher: the newer one first, by the number that
    /// its name begins with, then by the time of the claim.
    package func isNewer(than other: Claim) -> Bool {
        let left = name.bytes.leadingNumber, right = other.name.bytes.leadingNumber
        if left.count != right.count { return left.count > right.count }
        if left != right { return right.lexicographicallyPrecedes(left) }
        return id > other.id
    }
}

extension ArraySlice<UInt8> {
    /// The leading ASCII digits without leading zeros: longer means larger.
    fileprivate var leadingNumber: ArraySlice<UInt8> {
        prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }.drop { $0 == UInt8(ascii: "0") }
    }
}
