internal import RateLimiting
internal import SystemCalls
internal import SystemPackage
internal import TelemetryEvents

/// What the rate limiter decided, in a file of the spool, so that a killed process's successor knows it.
///
/// A line is written before an event leaves, and not synchronised: what the kernel has survives the process, and a new
/// start of the machine begins new windows anyway. The first line names the start of the machine that the rest is
/// true for. A line: `<nanoseconds since boot> <claim> <admitted> <charged> <publisher>`.
struct AdmissionLedger: ~Copyable {
    typealias Charge = Admissions<Publisher>.Charge

    private static let name: FileName = "admissions"
    private static let replacement: FileName = "admissions.new"
    /// Bytes written at once when the ledger is written anew.
    private static let pieceSize = 65_536
    /// What could not be written is tried again with what follows, up to this many bytes.
    private static let pendingLimit = 1 << 20
    /// Bytes below which the ledger is left as it is.
    private static let smallEnough = 1 << 20

    private let root: Directory
    /// Nil where the kernel does not tell; what is kept then is of no start that a successor could know again.
    private let bootID: String?
    private let period: UInt64
    private var file: OwnedDescriptor
    private var size: Int
    /// The size after which the ledger is written anew.
    private var compactionSize: Int
    private var pending: [UInt8] = []

    /// What the ledger said when it was opened.
    struct Contents {
        var charges: [Charge] = []
        /// Lines that were no charges: the torn end of one that a crash cut off, or damage.
        var unreadableLines = 0
    }

    /// Opens the ledger of a spool and reads it; one of another start of the machine is begun anew.
    ///
    /// A charge of an instant after `now` is none: it would close its publisher's window until then.
    static func open(
        in root: Directory, bootID: String?, period: UInt64, now: BootInstant, contents: inout Contents
    ) throws(Errno) -> AdmissionLedger {
        let file = try root.openForWriting(name, .appending)
        var lines = FileLines(of: try root.openForReading(name))
        let isHeaderOurs = try lines.next()?.elementsEqual(header(bootID)) ?? false
        let isOfThisBoot = isHeaderOurs && bootID != nil
        while isOfThisBoot, let line = try lines.next() {
            // A torn line may still look like a charge, of another publisher or count.
            if !lines.isTorn, let charge = parse(line), charge.instant <= now {
                contents.charges.append(charge)
            } else {
                contents.unreadableLines += 1
            }
        }
        var ledger = AdmissionLedger(root: root, bootID: bootID, period: period, file: file, size: lines.count)
        if !isOfThisBoot || lines.isTorn || contents.unreadableLines > 0 {
            var next = try ledger.beginAnew()
            for charge in contents.charges { try next.append(charge) }
            try ledger.replace(with: next)
        }
        return ledger
    }

    private init(root: Directory, bootID: String?, period: UInt64, file: consuming OwnedDescriptor, size: Int) {
        self.root = root
        self.bootID = bootID
        self.period = period
        self.file = file
        self.size = size
        compactionSize = Self.smallEnough
    }

    /// Notes a charge; ``flush()`` writes it.
    mutating func append(_ charge: Charge) {
        Self.write(charge, to: &pending)
    }

    /// Writes what was noted.
    ///
    /// To be called before an event of these claims leaves.
    ///
    /// - Throws: what the kernel said. The window holds in memory all the same; only a restart would not know.
    mutating func flush() throws(Errno) {
        guard !pending.isEmpty else { return }
        let bytes = pending
        pending.removeAll(keepingCapacity: true)
        do {
            try file.writeAll(bytes)
            size += bytes.count
        } catch {
            if bytes.count < Self.pendingLimit { pending = bytes }
            // Half a line must not spoil the next one.
            try file.truncate(to: size)
            throw error
        }
    }

    /// Whether it has grown so much that ``compact(keeping:now:)`` is worth its while.
    var isLarge: Bool { size > compactionSize }

    /// Writes the ledger anew without what is past: charges that left the window and whose claim is gone.
    ///
    /// Line by line, for in a flood the ledger is larger than what the process may have in memory.
    mutating func compact(keeping isWaiting: (ClaimID) -> Bool, now: BootInstant) throws(Errno) {
        // Should it fail, it is tried again only when much more was written.
        compactionSize = 2 * size
        var lines = FileLines(of: try root.openForReading(Self.name))
        var next = try beginAnew()
        while let line = try lines.next() {
            guard let charge = Self.parse(line) else { continue }
            if charge.instant.advanced(by: period) > now || isWaiting(charge.claim) { try next.append(charge) }
        }
        try replace(with: next)
    }

    /// A ledger that is written beside the one in use.
    private struct Successor: ~Copyable {
        let file: OwnedDescriptor
        private(set) var size = 0
        private var pending: [UInt8]

        init(in file: consuming OwnedDescriptor, header: [UInt8]) {
            self.file = file
            pending = header + [UInt8(ascii: "\n")]
        }

        mutating func append(_ charge: Charge) throws(Errno) {
            AdmissionLedger.write(charge, to: &pending)
            if pending.count >= AdmissionLedger.pieceSize { try flush() }
        }

        mutating func flush() throws(Errno) {
            try file.writeAll(pending)
            size += pending.count
            pending.removeAll(keepingCapacity: true)
        }
    }

    private func beginAnew() throws(Errno) -> Successor {
        do {
            try root.removeFile(Self.replacement)
        } catch Errno.noSuchFileOrDirectory {
            // The usual case: nobody was killed while rewriting.
        }
        return Successor(in: try root.openForWriting(Self.replacement, .appending), header: Self.header(bootID))
    }

    private mutating func replace(with successor: consuming Successor) throws(Errno) {
        try successor.flush()
        try root.replace(Self.name, with: Self.replacement)
        size = successor.size
        compactionSize = max(Self.smallEnough, 4 * size)
        file = successor.file
    }

    private static func header(_ bootID: String?) -> [UInt8] {
        Array("telltale admissions 1 \(bootID ?? "unknown")".utf8)
    }

    private static func write(_ charge: Charge, to bytes: inout [UInt8]) {
        append(charge.instant.nanoseconds, to: &bytes)
        charge.claim.write(to: &bytes)
        bytes.append(UInt8(ascii: " "))
        append(UInt64(charge.admitted), to: &bytes)
        append(UInt64(charge.charged), to: &bytes)
        switch charge.publisher {
        case .agent: bytes.append(UInt8(ascii: "-"))
        case .handler(let name):
            // A handler's name may hold a line end; it never begins with a hyphen.
            for byte in name.bytes {
                switch byte {
                case UInt8(ascii: "\n"): bytes.append(contentsOf: "\\n".utf8)
                case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
                default: bytes.append(byte)
                }
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends a number in decimal and a space.
    private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
        let start = bytes.count
        var rest = number
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
        bytes.append(UInt8(ascii: " "))
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> Charge? {
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, let instant = UInt64(ascii: parts[0]), let claim = ClaimID(parts[1]),
            let admitted = UInt64(ascii: parts[2]), let charged = UInt64(ascii: parts[3]), charged <= admitted,
            // More than any file can hold; sums of less cannot overflow.
            admitted <= Int32.max, let publisher = publisher(parts[4])
        else { return nil }
        return Charge(
            publisher: publisher, claim: claim, admitted: Int(admitted), charged: Int(charged),
            instant: BootInstant(nanoseconds: instant))
    }

    private static func publisher(_ written: ArraySlice<UInt8>) -> Publisher? {
        if written.elementsEqual("-".utf8) { return .agent }
        var name: [UInt8] = []
        var rest = written
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                name.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): name.append(UInt8(ascii: "\n"))
            case UInt8(ascii: "\\"): name.append(byte)
            default: return nil
            }
        }
        return name.isEmpty ? nil : .handler(FileName(name))
    }
}

extension UInt64 {
    /// Reads decimal digits; nil for anything else.
    fileprivate init?(ascii digits: ArraySlice<UInt8>) {
        self.init(String(decoding: digits, as: UTF8.self))
    }
}
