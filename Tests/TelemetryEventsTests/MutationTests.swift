internal import DecoderProperties
internal import Foundation
internal import ProgramTestKit
import Testing

/// The files that the fuzzer begins with: they take every path of the decoders.
private let corpus: [(name: String, bytes: [UInt8])] = {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let directory = tests.appendingPathComponent("FuzzingCorpus")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()) ?? []
    return names.compactMap { name in
        (try? Data(contentsOf: directory.appendingPathComponent(name))).map { (name, Array($0)) }
    }
}()

@Test func noMutationOfAFileBreaksADecoder() {
    #expect(corpus.count > 30)
    var random = RepeatableRandom(seed: 1)
    for (name, bytes) in corpus {
        for round in 0..<300 {
            var mutated = bytes
            if round > 0 { mutated.mutate(times: 1...4, &random) }
            let violation = mutated.withUnsafeBytes { DecoderProperties.violation(by: $0) }
            #expect(violation == nil, "\(name), round \(round): \(mutated)")
        }
    }
}
