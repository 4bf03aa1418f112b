internal import DecoderProperties
internal import Glibc

/// The main function of libFuzzer: it takes the arguments, and gives every input to the callback.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<CStringArray>,
    _ input: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

private typealias CStringArray = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

/// Runs libFuzzer, which brings its own search and wants no main function beside it.
///
/// The name is the one that the package manager gives to the main function of this target.
@_cdecl("decoder_fuzzer_main")
internal func fuzz(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var count = count
    var arguments = arguments
    return runFuzzer(&count, &arguments) { bytes, count in
        if let violation = DecoderProperties.violation(by: UnsafeRawBufferPointer(start: bytes, count: count)) {
            _ = Array("A property is broken: \(violation)\n".utf8).withUnsafeBytes {
                write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            // The fuzzer keeps the input of a process that ends so, and tells how to try it again.
            abort()
        }
        return 0
    }
}
