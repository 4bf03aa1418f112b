import Foundation

/// A built package of Telltale's: a file that dpkg installs.
package struct DebianPackage: Sendable {
    package let path: String

    /// The one under test, which `packaging/build-deb` built; nil where the environment's TELLTALE_PACKAGE names none.
    package static let underTest: DebianPackage? = {
        let path = ProcessInfo.processInfo.environment["TELLTALE_PACKAGE"] ?? ""
        return path.isEmpty ? nil : DebianPackage(path: path)
    }()

    /// A field of its control file.
    package func field(_ name: String) throws -> String {
        let answer = try OtherCommand.run(["dpkg-deb", "--field", path, name])
        guard answer.exit == 0 else { throw TestKitError("dpkg-deb --field \(path) \(name): \(answer.output)") }
        return answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Unpacks its files into a directory.
    package func extract(into directory: String) throws {
        let answer = try OtherCommand.run(["dpkg-deb", "--extract", path, directory])
        guard answer.exit == 0 else { throw TestKitError("dpkg-deb --extract \(path): \(answer.output)") }
    }

    /// Packs the same files again under another version.
    package func repacked(asVersion version: String, in scratch: ScratchDirectory) throws -> DebianPackage {
        let script = """
            set -e
            dpkg-deb --raw-extract "$1" "$2"
            sed --in-place "s/^Version: .*/Version: $3/" "$2/DEBIAN/control"
            dpkg-deb --root-owner-group -Znone --build "$2" "$4"
            """
        let target = scratch("telltale_\(version).deb")
        let answer = try OtherCommand.run(["sh", "-c", script, "sh", path, scratch(version), version, target])
        guard answer.exit == 0 else { throw TestKitError("packing \(target): \(answer.output)") }
        return DebianPackage(path: target)
    }
}

extension SystemdBox {
    /// Installs a package inside, as `dpkg --install` does it on a machine.
    package func install(_ package: DebianPackage) throws {
        // The box sees the directory, and not where the package lies.
        let copy = directory("package.deb")
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: package.path, toPath: copy)
        try demand("dpkg", "--install", copy)
    }

    /// Boots a box that never had Telltale, whatever the machine has.
    package static func withoutTelltale() throws -> SystemdBox {
        let box = try SystemdBox(.installable)
        // Removing the package of the machine stops no service: none of the machine's runs here.
        try box.demand(
            "sh", "-c",
            """
            if dpkg-query --status telltale >/dev/null 2>&1; then dpkg --purge telltale; fi
            rm -rf /etc/telltale /etc/waagent.conf /var/lib/telltale /var/lib/waagent /var/log/azure
            """)
        return box
    }
}
