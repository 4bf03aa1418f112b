import Foundation
import ProgramTestKit

/// The lines of the ledger of admissions: first one that names the start of the machine, then one for each charge.
func admissionLines(of service: TestedService) throws -> [String] {
    // It may not be there yet, or be replaced at this moment.
    guard let text = try? String(contentsOfFile: "\(service.spool)/admissions", encoding: .utf8) else { return [] }
    return text.split(separator: "\n").map(String.init)
}

/// A charge of the ledger.
struct AdmissionLine {
    /// In nanoseconds since boot.
    let instant: UInt64
    let claim: String
    /// Events that were admitted for the first time then.
    let charged: Int
    let handler: String

    /// Nil for the first line.
    init?(_ line: String) {
        let parts = line.split(separator: " ", maxSplits: 4)
        guard parts.count == 5, let instant = UInt64(parts[0]), let charged = Int(parts[3]) else { return nil }
        self.instant = instant
        claim = String(parts[1])
        self.charged = charged
        handler = String(parts[4])
    }
}
