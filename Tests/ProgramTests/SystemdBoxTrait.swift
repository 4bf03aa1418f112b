import ProgramTestKit
import Testing

/// Gives a suite a ``SystemdBox``, from before its first test until after its last.
struct SystemdBoxTrait: SuiteTrait, TestScoping {
    /// The box of the suite that is running.
    @TaskLocal static var box: SystemdBox?

    /// Whether the package under test is installed in the box.
    var hasPackage = false

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Self.$box.withValue(makeBox()) { try await function() }
    }

    private func makeBox() throws -> SystemdBox {
        guard hasPackage, let package = DebianPackage.underTest else { return try SystemdBox() }
        let box = try SystemdBox.withoutTelltale()
        try box.install(package)
        return box
    }
}

extension Trait where Self == ConditionTrait {
    /// Only where a package was built.
    static var needsPackage: Self {
        .enabled("needs TELLTALE_PACKAGE, the path that packaging/build-deb prints", { DebianPackage.underTest != nil })
    }

    /// Only where packages can be installed in a ``SystemdBox``.
    static var needsInstallableBox: Self {
        .enabled("needs root, systemd, namespaces and overlays; Tests/SystemdBox/boot says which of them is missing") {
            try SystemdBox.isPossible(.installable)
        }
    }
}
