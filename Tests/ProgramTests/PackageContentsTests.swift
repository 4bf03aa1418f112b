import Foundation
import ProgramTestKit
import Testing

/// What is in the Debian package.
@Suite(.needsPackage)
struct PackageContentsTests {
    private let package: DebianPackage
    private let scratch: ScratchDirectory

    init() throws {
        package = try #require(DebianPackage.underTest)
        scratch = try ScratchDirectory()
        try package.extract(into: scratch.path)
    }

    private func run(_ command: String...) throws -> String {
        let answer = try OtherCommand.run(command)
        try #require(answer.exit == 0, "\(command.joined(separator: " ")): \(answer.output)")
        return answer.output
    }

    @Test(.enabled("needs lintian") { OtherCommand.succeeds(["lintian", "--version"]) })
    func lintianFindsNothing() throws {
        let answer = try OtherCommand.run(["lintian", "--allow-root", "--fail-on", "error,warning", package.path])
        #expect(answer.exit == 0)
        #expect(answer.output == "")
    }

    @Test func itTakesLittleRoom() throws {
        let kilobytes = try #require(Int(package.field("Installed-Size")))
        #expect(kilobytes * 1024 <= 40_000_000)
    }

    @Test func itDependsOnTheLibrariesThatTheProgramLoads() throws {
        let program = scratch("usr/bin/telltale")
        var libraries: [Substring] = []
        for line in try run("objdump", "--private-headers", program).split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "NEEDED" { libraries.append(words[1]) }
        }
        #expect(libraries.contains("libsystemd.so.0"))
        let loaded = try run("ldd", program).split(separator: "\n")
        var owners: Set<String> = []
        for library in libraries {
            let line = try #require(loaded.first { $0.contains("\(library) ") }, "ldd does not name \(library)")
            let path = try #require(line.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("/") }, "\(line)")
            owners.insert(try owner(of: String(path)))
        }
        var dependencies: Set<String> = []
        for alternatives in try package.field("Depends").split(separator: ",") {
            dependencies.insert(alternatives.split(separator: " ")[0].description)
        }
        // The maintainer scripts call systemd-sysusers.
        #expect(dependencies == owners.union(["systemd"]))
    }

    /// The package that brought a file; on a machine whose /lib is a link, its name may lead either way.
    private func owner(of path: String) throws -> String {
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        for name in [path, real, "/usr\(path)", real.hasPrefix("/usr") ? String(real.dropFirst(4)) : real] {
            let answer = try OtherCommand.run(["dpkg", "--search", name])
            if answer.exit == 0 { return answer.output.split(separator: ":")[0].description }
        }
        throw TestKitError("no package has \(path)")
    }

    @Test func theProgramHasThePackagesVersion() throws {
        let version = try run(scratch("usr/bin/telltale"), "--version").trimmingCharacters(in: .newlines)
        #expect(try package.field("Version") == version)
    }

    @Test func whatOperatorsChangeIsAConffile() throws {
        let control = scratch("control")
        _ = try run("dpkg-deb", "--control", package.path, control)
        let conffiles = try String(contentsOfFile: "\(control)/conffiles", encoding: .utf8)
        #expect(conffiles.split(separator: "\n") == ["/etc/telltale/telltale.conf"])
    }

    @Test func everyManualPageThatIsNamedIsThere() throws {
        let naming = ["lib/systemd/system/telltale.service", "usr/lib/systemd/catalog/telltale.catalog"]
        var named: Set<String> = []
        for file in naming {
            let text = try String(contentsOfFile: scratch(file), encoding: .utf8)
            for page in text.matches(of: /man:(telltale[a-z.-]*)\(([0-9])\)/) { named.insert("\(page.1).\(page.2)") }
        }
        #expect(named.isSuperset(of: ["telltale.8", "telltale.conf.5"]))
        for page in named {
            let section = page.suffix(1)
            #expect(
                FileManager.default.fileExists(atPath: scratch("usr/share/man/man\(section)/\(page).gz")), "\(page)")
        }
    }

    @Test func theShellsCompleteItsCommands() throws {
        let bash = scratch("usr/share/bash-completion/completions/telltale")
        _ = try run("bash", "-c", ". \"$0\" && complete -p telltale", bash)
        let zsh = try String(contentsOfFile: scratch("usr/share/zsh/vendor-completions/_telltale"), encoding: .utf8)
        #expect(zsh.hasPrefix("#compdef telltale\n"))
        let fish = scratch("usr/share/fish/vendor_completions.d/telltale.fish")
        #expect(try String(contentsOfFile: fish, encoding: .utf8).contains("complete -c 'telltale'"))
    }
}
