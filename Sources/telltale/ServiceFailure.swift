internal import ArgumentParser
internal import SystemPackage

/// Why a command ends without having done its work.
struct ServiceFailure: Error {
    /// The exit codes that Telltale uses: all but the first as in sysexits.h.
    enum Code: Int32 {
        /// What was asked for was done, and it found faults.
        case foundFaults = 1
        case noInput = 66
        /// One pass was stopped before it was done, or no service answers.
        ///
        /// EX_TEMPFAIL means that the pass could not begin, which a script may want to tell from this.
        case unavailable = 69
        /// EX_NOPERM: this user may not.
        case notPermitted = 77
        case internalTrouble = 71
        case cannotCreate = 73
        case outputFailed = 74
        case spoolHeld = 75
        case wrongSetting = 78
    }

    /// What is wrong, and what helps.
    let message: String
    let exitCode: Int32
    let underlying: Errno?

    init(_ message: String, exitCode: Code, underlying: Errno? = nil) {
        self.message = message
        self.exitCode = exitCode.rawValue
        self.underlying = underlying
    }

    /// What is left to say when the program could not be started again in the same process.
    init(startingAgain code: Errno) {
        self.init(
            "the new configuration is right, but the program cannot be started again: \(code).",
            exitCode: .internalTrouble,
            underlying: code)
    }

    /// Runs a command; what it fails with is said, on standard error unless told otherwise, and becomes its exit code.
    static func reporting(
        by say: (ServiceFailure) -> Void = { CommandOutput.complain($0.message) }, _ body: () throws -> Void
    ) throws {
        do {
            try body()
        } catch let failure as ServiceFailure {
            say(failure)
            throw ExitCode(failure.exitCode)
        }
    }

    /// Runs `body`, and says what could not be done when the kernel refuses.
    static func wrapping<Answer: ~Copyable>(_ what: String, _ body: () throws -> Answer) throws -> Answer {
        do {
            return try body()
        } catch let error as Errno {
            throw ServiceFailure("\(what): \(error)", exitCode: .internalTrouble, underlying: error)
        }
    }
}
