import Foundation
import ProgramTestKit
import Testing

/// Faults of the machine and of its disks: a clear report, another try, and nothing lost.
@Suite struct FaultyKernelTests {
    struct Fault: CustomTestStringConvertible {
        let call: String
        let code: Int32
        /// Which paths are concerned, by a part of them; those of the spool have `spool`, the publisher's `log`.
        let place: String
        /// What a report has to say.
        let words: String

        var testDescription: String { "\(call) \(place): \(words)" }
    }

    private static let library = URL(fileURLWithPath: TelltaleProcess.program).deletingLastPathComponent()
        .appendingPathComponent("libFaultyKernel.so").path

    @Test(arguments: [
        Fault(call: "open", code: ENFILE, place: "spool/extensions", words: "Too many open files in system"),
        Fault(call: "open", code: ENOMEM, place: "spool/extensions", words: "Cannot allocate memory"),
        Fault(call: "open", code: ENFILE, place: "log/Test.Late", words: "Too many open files in system"),
        Fault(call: "open", code: EIO, place: "log/Test.Late", words: "Input/output error"),
        Fault(call: "read", code: EIO, place: "spool/extensions", words: "Input/output error"),
        Fault(call: "read", code: ENOMEM, place: "spool/extensions", words: "Cannot allocate memory"),
        Fault(call: "rename", code: EIO, place: "spool", words: "Input/output error"),
        Fault(call: "rename", code: EROFS, place: "spool", words: "Read-only file system"),
        Fault(call: "rename", code: ENOMEM, place: "spool", words: "Cannot allocate memory"),
        Fault(call: "unlink", code: EIO, place: "spool/extensions", words: "Input/output error"),
    ])
    func isReportedAndTriedAgainAndNothingIsLost(fault: Fault) throws {
        let service = try TestedService()
        let rule = service.scratch("fault")
        let (telltale, _) = try service.start(
            wrapper: ["env", "LD_PRELOAD=\(Self.library)", "FAULTY_KERNEL=\(rule)"])
        let publisher = try service.publisher("Test.Early")
        try publisher.publish("1.json", EventPublisher.event("before"))
        #expect(telltale.waitForMessage("before"))
        #expect(eventually { service.claims(of: "Test.Early").isEmpty })

        try "\(fault.call) \(fault.code) \(fault.place)\n".write(toFile: rule, atomically: true, encoding: .utf8)
        let late = try service.publisher("Test.Late")
        for number in 1...20 {
            try publisher.publish("1\(number).json", EventPublisher.event("early \(number)"))
            try late.publish("\(number).json", EventPublisher.event("late \(number)"))
        }
        #expect(eventually { telltale.errors.contains(fault.words) }, "\(telltale.errors)")
        try FileManager.default.removeItem(atPath: rule)

        let expected = Set(["before"] + (1...20).flatMap { ["early \($0)", "late \($0)"] })
        // What could not be read three times waits for the next start.
        let delivered = { Set((try? telltale.events().map(\.message)) ?? []) }
        let isAll = eventually(within: patience / 3) { delivered() == expected }
        #expect(try telltale.stop() == 0)
        var seen = delivered()
        if !isAll {
            let (next, _) = try service.start()
            #expect(eventually { seen.union((try? next.events().map(\.message)) ?? []) == expected })
            seen.formUnion(try next.events().map(\.message))
            #expect(eventually { service.claims(of: "Test.Early").isEmpty && service.claims(of: "Test.Late").isEmpty })
            #expect(try next.stop() == 0)
        }
        #expect(seen == expected)
        #expect(service.claims(of: "Test.Early").isEmpty && service.claims(of: "Test.Late").isEmpty)
        let lines = telltale.errors.split(separator: "\n").count
        #expect(lines < 30, "\(telltale.errors)")
    }
}
