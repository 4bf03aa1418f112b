import Foundation
import ProgramTestKit
import Testing

/// A manual page as it lies in packaging/man.
struct ManualPage: CustomTestStringConvertible {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("packaging/man").path

    /// The pages that are there, by their files' names.
    static let all: [ManualPage] = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).sorted()
        .map(ManualPage.init)

    let file: String
    var testDescription: String { file }
    /// Without the section.
    var name: String { String(file.dropLast(2)) }
    var section: String { String(file.suffix(1)) }
    var path: String { "\(Self.directory)/\(file)" }

    func lines() throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
    }

    /// The tags of a section's list, without fonts.
    func tags(in section: String) throws -> [String] {
        let lines = try lines()
        guard let start = lines.firstIndex(of: ".SH \(section)") else { return [] }
        let end = lines[(start + 1)...].firstIndex { $0.hasPrefix(".SH ") } ?? lines.endIndex
        return zip(lines[start..<end], lines[start..<end].dropFirst()).filter { $0.0 == ".TP" }.map { _, tag in
            String(tag.drop { $0 != " " }.dropFirst()).replacing("\\-", with: "-").replacing("\"", with: "")
        }
    }

    /// The options that the page explains, in its order.
    func options() throws -> [String] {
        try tags(in: "OPTIONS").flatMap { tag in
            tag.split { $0 == " " || $0 == "," }.filter { $0.hasPrefix("-") }.map(String.init)
        }
    }

    /// The codes under EXIT STATUS.
    func exitCodes() throws -> [Int] { try tags(in: "EXIT STATUS").compactMap { Int($0) } }
}

/// What the program says of its command line (ArgumentParser's dump).
private struct CommandHelp: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }

        let names: [Name]?
    }

    struct Dump: Decodable { let command: CommandHelp }

    let commandName: String
    let discussion: String?
    let arguments: [Argument]?
    let subcommands: [CommandHelp]?

    static func read() throws -> CommandHelp {
        let dump = try TelltaleProcess.run(["--experimental-dump-help"])
        return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command
    }

    var ownOptions: Set<String> {
        Set((arguments ?? []).flatMap { $0.names ?? [] }.map { ($0.kind == "short" ? "-" : "--") + $0.name })
    }

    /// The options, those of commands below it included.
    var options: Set<String> {
        (subcommands ?? []).filter { $0.commandName != "help" }.reduce(into: ownOptions) { $0.formUnion($1.options) }
    }

    /// The codes that its help tells; empty where it tells none.
    var exitCodes: [Int] {
        guard let text = discussion?.components(separatedBy: "Exit status: ").dropFirst().first else { return [] }
        return text.matches(of: #/(?:^|, )(\d+) /#).compactMap { Int($0.1) }
    }
}

@Test func everyCommandHasAPageWithItsOptionsAndNoOther() throws {
    let telltale = try CommandHelp.read()
    let commands = (telltale.subcommands ?? []).filter { $0.commandName != "help" }
    let named = commands.map { "telltale-\($0.commandName)" }
    #expect(Set(ManualPage.all.map(\.name)) == Set(named + ["telltale", "telltale.conf"]))
    for command in commands {
        let page = try #require(ManualPage.all.first { $0.name == "telltale-\(command.commandName)" })
        let options = try page.options()
        #expect(Set(options) == command.options, "\(page.file)")
        #expect(Set(options).count == options.count, "\(page.file)")
    }
    let overview = ManualPage(file: "telltale.8")
    #expect(try overview.tags(in: "COMMANDS").sorted() == commands.map(\.commandName).sorted())
    #expect(try Set(overview.options()) == telltale.ownOptions)
}

@Test func thePagesTellTheExitCodesOfTheHelp() throws {
    let telltale = try CommandHelp.read()
    let all = telltale.exitCodes
    #expect(try ManualPage(file: "telltale.8").exitCodes() == all && all.count > 8)
    for command in telltale.subcommands ?? [] where command.commandName != "help" {
        let page = try #require(ManualPage.all.first { $0.name == "telltale-\(command.commandName)" })
        let codes = try page.exitCodes()
        if command.exitCodes.isEmpty {
            #expect(codes.first == 0 && Set(codes).isSubset(of: all), "\(page.file)")
        } else {
            #expect(codes == command.exitCodes, "\(page.file)")
        }
    }
}

@Test(arguments: ManualPage.all)
func aPageHasItsHeadAndItsParts(_ page: ManualPage) throws {
    let lines = try page.lines()
    let version = try TelltaleProcess.run(["--version"]).output
    let title = page.name.uppercased().replacing("-", with: "\\-")
    #expect(lines[0].hasPrefix(".TH \(title) \(page.section) 20") && lines[0].contains("\"Telltale \(version)\""))
    // What whatis(1) and apropos(1) read.
    let at = try #require(lines.firstIndex(of: ".SH NAME"))
    #expect(lines[at + 1].hasPrefix("\(page.name.replacing("-", with: "\\-")) \\- "))
    for part in ["SYNOPSIS", "DESCRIPTION", "EXAMPLES", "SEE ALSO"] {
        #expect(lines.contains(".SH \(part)"), "\(part)")
    }
    #expect(lines.allSatisfy { $0.count <= 100 })
    // Each page that it names is there, if it is one of ours.
    for line in lines where line.hasPrefix(".BR telltale") {
        let words = line.split(separator: " ")
        guard words.count > 2, let number = words[2].dropFirst().first, words[2].first == "(" else { continue }
        let file = "\(words[1].replacing("\\-", with: "-")).\(number)"
        #expect(ManualPage.all.contains { $0.file == file }, "\(file)")
    }
}

@Test(.enabled("needs man") { OtherCommand.succeeds(["man", "--version"]) }, arguments: ManualPage.all)
func aPageIsSetWithoutAWarning(_ page: ManualPage) throws {
    let setting = try OtherCommand.run([
        "env", "LC_ALL=C.UTF-8", "MANROFFSEQ=", "MANWIDTH=80", "sh", "-c",
        "man --warnings -E UTF-8 -l -Tutf8 -Z \"$0\" 2>&1 >/dev/null", page.path,
    ])
    #expect(setting.output == "")
    #expect(setting.exit == 0)
}
