import ProgramTestKit
import Testing

/// Gives a suite a ``SystemdBox``, from before its first test until after its last.
struct SystemdBoxTrait: SuiteTrait, TestScoping {
    /// The box of the suite that is running.
    @TaskLocal static var box: SystemdBox?

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Self.$box.withValue(SystemdBox()) { try await function() }
    }
}
