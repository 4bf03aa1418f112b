internal import CLinux
internal import Glibc

/// The code and the constants of this program, as the kernel maps them from its file.
package enum ProgramText {
    /// Lets go of the pages that were touched so far; the kernel keeps them in its cache, and maps again what is used.
    ///
    /// The start of a program touches far more of it than its work does, and what it touched counts as its resident memory for
    /// good. Only segments that nobody may write are let go, so that nothing is lost.
    package static func release() {
        // Where the kernel put the program's headers: getauxval(3).
        guard let headers = UnsafePointer<Elf64_Phdr>(bitPattern: UInt(getauxval(UInt(AT_PHDR)))) else { return }
        let segments = UnsafeBufferPointer(start: headers, count: Int(getauxval(UInt(AT_PHNUM))))
        guard let own = segments.first(where: { $0.p_type == UInt32(PT_PHDR) }) else { return }
        let base = UInt(bitPattern: headers) &- UInt(own.p_vaddr)
        for segment in segments where segment.p_type == UInt32(PT_LOAD) && segment.p_flags & UInt32(PF_W) == 0 {
            release(from: base &+ UInt(segment.p_vaddr), bytes: UInt(segment.p_memsz))
        }
    }

    /// Whole pages only: at its ends a segment may share one with another.
    private static func release(from start: UInt, bytes: UInt) {
        let page = UInt(getpagesize())
        let first = (start + page - 1) / page * page
        let end = (start + bytes) / page * page
        guard first < end else { return }
        // What the kernel keeps all the same costs memory and nothing else.
        madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), Int32(MADV_DONTNEED))
    }
}
