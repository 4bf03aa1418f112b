/// Counts the events in a body of the wire server's as fast as memory is read.
enum WireEvents {
    /// The number of `<Event>` elements.
    ///
    /// Values have their `<` escaped, and no other element's name begins with E.
    static func count(in body: UnsafeRawBufferPointer) -> Int {
        guard body.count > 1 else { return 0 }
        // Two neighbours and a sum without a branch, which the compiler turns into vector instructions.
        return body.withMemoryRebound(to: UInt8.self) { bytes in
            var count = 0
            for place in 0..<bytes.count &- 1 {
                count &+= (bytes[place] == 0x3c ? 1 : 0) & (bytes[place &+ 1] == 0x45 ? 1 : 0)
            }
            return count
        }
    }
}
