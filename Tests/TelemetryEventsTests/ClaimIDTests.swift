internal import ProgramTestKit
import TelemetryEvents
import Testing

@Test func aClaimIsReadBackAsItWasWritten() {
    var random = RepeatableRandom(seed: 7)
    let edges = [ClaimID(time: 0, counter: 0), ClaimID(time: .max, counter: .max), ClaimID(time: 1, counter: 0xABC)]
    let others = (0..<1000).map { _ in
        ClaimID(time: .random(in: 0 ... .max, using: &random), counter: .random(in: 0 ... .max, using: &random))
    }
    for claim in edges + others {
        var written: [UInt8] = []
        claim.write(to: &written)
        #expect(written.count == ClaimID.length)
        #expect(ClaimID(written) == claim)
    }
    #expect(ClaimID(time: 0x1234, counter: 0xAB).description == "0000000000001234-00ab")
}

@Test func claimsSortAsTheirNamesDo() {
    var random = RepeatableRandom(seed: 8)
    let claims = (0..<500).map { _ in
        ClaimID(time: .random(in: 0...300, using: &random), counter: .random(in: 0...3, using: &random))
    }
    #expect(claims.sorted().map(\.description) == claims.map(\.description).sorted())
}

@Test func whatIsNoClaimIsRefused() {
    for text in [
        "", "0000000000001234-00a", "0000000000001234-00abc", "0000000000001234_00ab", "000000000000123G-00ab",
        "0000000000001234-00AB", "00000000000012340-0ab", "0000000000001234-00a\u{E9}",
    ] {
        #expect(ClaimID(Array(text.utf8)) == nil)
    }
}
