internal import SystemCalls
internal import SystemPackage
package import TelemetryEvents

/// The common parameters that the system itself tells (contract, section 3).
package enum SystemParameters {
    /// Where distributions name themselves (os-release(5)), the administrator's file first.
    private static let osReleasePaths: [FilePath] = ["/etc/os-release", "/usr/lib/os-release"]
    /// The largest os-release file read, in bytes.
    private static let osReleaseLimit = 65_536

    /// What the kernel says where nobody gave the machine a name.
    private static let namelessHosts = ["", "(none)"]

    /// Asks the system.
    ///
    /// What it does not tell is left uninitialized; nothing here waits for a network.
    ///
    /// `version` is Telltale's own.
    package static func read(version: String) -> CommonParameters {
        let kernel = Machine.kernel()
        let release = osRelease().withUnsafeBytes { OSRelease($0) }
        return CommonParameters.uninitialized(
            version: version, osVersion: release.osVersion(kernelRelease: kernel.release),
            ramMiB: Int(Machine.memory() >> 20), processors: Machine.processors(), architecture: kernel.architecture,
            processID: Int(Machine.processID()), threadID: Int(Machine.threadID()),
            hostName: namelessHosts.contains(kernel.hostName) ? nil : kernel.hostName)
    }

    /// The file's bytes; empty where there is none that can be read.
    private static func osRelease() -> [UInt8] {
        for path in osReleasePaths {
            if let bytes = try? Machine.contents(of: path, limit: osReleaseLimit) { return bytes }
        }
        return []
    }
}
