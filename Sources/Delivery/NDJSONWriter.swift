internal import SystemPackage
internal import TelemetryEvents

/// The state of the NDJSON sink: the output, the buffer, and the line that a write was interrupted in.
struct NDJSONWriter: ~Copyable, Sendable {
    /// How a torn line is known.
    static let tornLine = TornLine(lineBeginning: Array(#"{"id":""#.utf8))
    /// The buffer is written once it holds so many bytes; an event's line is never split over two buffers.
    static let flushSize = 262_144
    /// A buffer that one giant event made larger than this is let go.
    private static let keptCapacity = 4 * flushSize

    /// Nil after a failure that only opening anew can mend.
    private var output: LineOutput?
    private let path: FilePath?
    private var encoding = NDJSONEncoding()
    private var buffer: [UInt8] = []
    /// Where each line ends in the buffer.
    private var ends: [Int] = []
    /// What is still to be written of the line that the last write was interrupted in.
    private var torn: [UInt8] = []
    /// Whether that is the line of the first event of the next call, so that its end finishes that event.
    private var tornIsNext = false

    init(to output: consuming LineOutput) {
        path = output.path
        self.output = consume output
    }

    mutating func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        do throws(OutputError) {
            try openAnewIfRotated()
        } catch {
            return DeliveryOutcome(finished: 0, rest: .retry(after: nil, reason: error.description))
        }
        var written = 0
        do throws(Errno) {
            try write(events, written: &written)
        } catch .brokenPipe {
            // What the reader left unread in the pipe went with it, and nobody can tell how much that was: nothing of this
            // call counts as delivered.
            return DeliveryOutcome(finished: 0, rest: .closed(reason: "the reader of \(target) closed it"))
        } catch {
            return acknowledge(written, rest: .retry(after: nil, reason: "cannot write to \(target): \(error)"))
        }
        return acknowledge(written, rest: .none)
    }

    /// Only what a power loss cannot take is finished.
    private mutating func acknowledge(_ written: Int, rest: DeliveryOutcome.Rest) -> DeliveryOutcome {
        do throws(Errno) {
            if written > 0 { try synchronize() }
            return DeliveryOutcome(finished: written, rest: rest)
        } catch {
            // The kernel has dropped the pages that it could not write, and will not say so twice (fsync(2)): the lines are
            // written again, under the same ids.
            abandonOutput()
            return DeliveryOutcome(
                finished: 0, rest: .retry(after: nil, reason: "cannot synchronise \(target): \(error)"))
        }
    }

    private var target: String { path.map(String.init(decoding:)) ?? "standard output" }
}

extension NDJSONWriter {
    /// Writes the events' lines; `written` counts the whole ones, also when it throws.
    private mutating func write(_ events: ArraySlice<TelemetryEvent>, written: inout Int) throws(Errno) {
        var rest = events
        if !torn.isEmpty {
            try finishTornLine()
            if tornIsNext {
                written = 1
                rest = rest.dropFirst()
            }
        }
        while !rest.isEmpty {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
            ends.removeAll(keepingCapacity: true)
            while buffer.count < Self.flushSize, let event = rest.popFirst() {
                encoding.append(event, to: &buffer)
                ends.append(buffer.count)
            }
            try flush(written: &written)
        }
    }

    private mutating func flush(written: inout Int) throws(Errno) {
        let (done, failure) = Self.write(buffer, to: output)
        guard let failure else {
            written += ends.count
            return
        }
        let wholeLines = ends.prefix { $0 <= done }
        written += wholeLines.count
        // Only a line of which a part stands in the output must be finished byte by byte.
        if done > (wholeLines.last ?? 0) {
            torn = Array(buffer[done..<ends[wholeLines.count]])
            tornIsNext = true
        }
        throw failure
    }

    private mutating func finishTornLine() throws(Errno) {
        let (done, failure) = Self.write(torn, to: output)
        torn.removeFirst(done)
        if let failure { throw failure }
    }

    /// Writes until all is written or a write fails; answers how many bytes the output has.
    private static func write(_ bytes: [UInt8], to output: borrowing LineOutput?) -> (done: Int, failure: Errno?) {
        var done = 0
        let failure: Errno? = bytes.withUnsafeBytes { bytes in
            do throws(Errno) {
                while done < bytes.count {
                    done += try write(UnsafeRawBufferPointer(rebasing: bytes[done...]), to: output)
                }
                return nil
            } catch {
                return error
            }
        }
        return (done, failure)
    }

    private static func write(
        _ bytes: UnsafeRawBufferPointer, to output: borrowing LineOutput?
    ) throws(Errno) -> Int {
        switch output {
        case .some(let output): try output.write(bytes)
        case .none: throw .badFileDescriptor
        }
    }

    private func synchronize() throws(Errno) {
        switch output {
        case .some(let output): try output.synchronize()
        case .none: break
        }
    }

    /// Lets go of an output whose contents are in doubt; opening it anew cuts a torn line off.
    ///
    /// Standard output cannot be opened anew: there the torn line is ended before the events are written again.
    private mutating func abandonOutput() {
        tornIsNext = false
        guard path != nil else { return }
        torn = []
        output = nil
    }

    private mutating func openAnewIfRotated() throws(OutputError) {
        guard let path else { return }
        let isInPlace =
            switch output {
            case .some(let output): output.isInPlace()
            case .none: false
            }
        if isInPlace { return }
        // The file that went away gets the end of its torn line, if it can; the new one has the whole line.
        if !torn.isEmpty { try? finishTornLine() }
        abandonOutput()
        output = try LineOutput.opening(path, repairing: Self.tornLine)
    }
}
