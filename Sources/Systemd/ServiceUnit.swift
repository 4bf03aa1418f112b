internal import SystemCalls
internal import SystemPackage

/// The service of systemd's in which this process runs.
package enum ServiceUnit {
    /// The largest list of control groups that is read, in bytes.
    private static let limit = 16_384

    /// The name of the unit, such as `telltale.service`, by the control group; nil outside of a service.
    package static func ofThisProcess() -> String? {
        guard let bytes = try? Machine.contents(of: "/proc/self/cgroup", limit: limit) else { return nil }
        return name(in: String(decoding: bytes, as: UTF8.self))
    }

    /// A process in a scope, as a login has, is in no service, even where the scope lies below one.
    static func name(in groups: String) -> String? {
        for line in groups.split(separator: "\n") {
            guard let last = line.split(separator: "/").last, last.hasSuffix(".service") else { continue }
            return String(last)
        }
        return nil
    }
}
