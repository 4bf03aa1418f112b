import Foundation
import ProgramTestKit
import Testing

/// Where a test's spool lies, which decides whether a claim is a rename or a copy.
enum SpoolPlace: String, CaseIterable {
    case beside = "beside the log root"
    case onAnotherMount = "on another mount"

    /// Whether this machine has two mounts to test with.
    static let hasAnotherMount: Bool = {
        let devices = [NSTemporaryDirectory(), "/dev/shm"].map(DirectoryCalls.device)
        return devices[0] != nil && devices[1] != nil && devices[0] != devices[1]
    }()

    /// A directory for the spool, to be kept as long as it is used; nil: beside the log root, as also where there is
    /// one mount only.
    func make() throws -> ScratchDirectory? {
        self == .onAnotherMount && Self.hasAnotherMount ? try ScratchDirectory(in: "/dev/shm") : nil
    }
}

extension Trait where Self == ConditionTrait {
    /// The temporary directory and /dev/shm must be two mounts.
    static var needsTwoMounts: Self {
        .enabled("the temporary directory and /dev/shm are one mount here") { SpoolPlace.hasAnotherMount }
    }
}
