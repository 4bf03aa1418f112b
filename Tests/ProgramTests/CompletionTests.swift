import Foundation
import ProgramTestKit
import Testing

/// What a shell offers behind a command line of telltale's.
private struct Completion {
    let scratch: ScratchDirectory

    /// Writes the script of a shell, as the package installs it.
    init(for shell: String) throws {
        scratch = try ScratchDirectory()
        let script = try TelltaleProcess.run(["--generate-completion-script", shell])
        try #require(script.exit == 0)
        try (script.output + "\n").write(toFile: scratch("script"), atomically: true, encoding: .utf8)
        for directory in ["place", "place/sub"] {
            try DirectoryCalls.makeDirectory(scratch(directory))
        }
        #expect(try DirectoryCalls.write("", to: scratch("place/file.conf"), O_CREAT))
    }

    /// What bash offers for the last word of `words`, asked as its readline asks.
    func bash(_ words: String...) throws -> [String] {
        let program = """
            source "$0"
            cd "$1"; shift
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_TYPE=9
            COMP_POINT=${#COMP_LINE}
            function compopt { :; }
            specification=$(complete -p telltale)
            [[ $specification =~ -F\\ ([^ ]+) ]] && "${BASH_REMATCH[1]}" telltale "${@: -1}" "${@: -2:1}"
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let answer = try OtherCommand.run(
            ["bash", "-c", program, scratch("script"), scratch("place"), "telltale"] + words)
        return answer.output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.sorted()
    }
}

@Test func bashOffersCommandsOptionsValuesAndFiles() throws {
    let completion = try Completion(for: "bash")
    #expect(try completion.bash("re") == ["rejected", "reload"])
    #expect(try completion.bash("run", "--spool-") == ["--spool-age", "--spool-dir", "--spool-files", "--spool-limit"])
    #expect(try completion.bash("run", "--sink", "") == ["journal", "ndjson", "otlp", "wireserver"])
    #expect(try completion.bash("collect", "--over-cap", "h") == ["hold"])
    #expect(try completion.bash("check", "--config", "") == ["file.conf", "sub"])
    #expect(try completion.bash("check", "--spool-dir", "") == ["sub"])
    #expect(try completion.bash("validate", "--source", "a") == ["agent"])
    #expect(try completion.bash("validate", "fi") == ["file.conf"])
    #expect(try completion.bash("emit", "--level", "Ver") == ["Verbose"])
}

@Test(arguments: ["bash", "zsh", "fish"])
func aCompletionScriptIsOneOfItsShell(_ shell: String) throws {
    let completion = try Completion(for: shell)
    guard OtherCommand.succeeds([shell, "-c", "true"]) else { try Test.cancel("there is no \(shell) here") }
    let answer = try OtherCommand.run([shell, "-n", completion.scratch("script")])
    #expect(answer.exit == 0 && answer.output == "")
}
