internal import Foundation
import TelemetryEvents
import Testing

/// What the environment sets, for a run over other files or more of them: `TELLTALE_FUZZ_SEED`, `TELLTALE_FUZZ_FILES`.
private func setting(_ name: String, otherwise value: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
}

@Test(.enabled(if: PythonModel.isAvailable, "python3 3.11 or later is not installed"))
func theDecodersAgreeWithPythonOnWhatEveryFileSays() throws {
    let seed = setting("TELLTALE_FUZZ_SEED", otherwise: 1)
    let count = setting("TELLTALE_FUZZ_FILES", otherwise: 100_000)
    let model = try PythonModel()
    var accepted = 0
    for batch in 0..<(count + 499) / 500 {
        var source = RandomEventFile(seed: UInt64(seed) << 32 + UInt64(batch))
        let files = (0..<500).map { number -> PythonModel.File in
            let letter: Character = number % 4 == 0 ? "C" : number % 4 == 1 ? "L" : "E"
            return PythonModel.File(letter: letter, bytes: letter == "E" ? source.ofExtension() : source.ofAgent())
        }
        try model.ask(files)
        let answers = files.map { answer(to: $0) }
        for (file, ours) in zip(files, answers) {
            let theirs = try model.answer()
            if ours.starts(with: "event ".utf8) { accepted += 1 }
            // What begins so is XML to us.
            let isXML = file.letter != "E" && file.bytes.first { $0 > 0x20 } == UInt8(ascii: "<")
            guard ours != theirs, !isXML else { continue }
            Issue.record(
                """
                seed \(seed), batch \(batch), a file of kind \(file.letter):
                \(String(decoding: file.bytes, as: UTF8.self))
                the decoders: \(String(decoding: ours, as: UTF8.self))
                the model: \(String(decoding: theirs, as: UTF8.self))
                """)
            return
        }
    }
    try model.end()
    #expect(accepted > count / 4, "the files say too little to compare")
}

/// What the decoders make of a file, as the model writes it.
private func answer(to file: PythonModel.File) -> [UInt8] {
    let name: UTF8Text = file.letter == "E" ? "1.json" : file.letter == "L" ? "1.tld" : "1.waagent.tld"
    let source = file.letter == "E" ? EventFile.Source.handler("Acme") : .agent
    do {
        let validated = try EventFiles.validate(file.bytes, of: EventFiles.file(source, name: name))
        var text: [UInt8] = []
        for event in validated.events { append(event, to: &text) }
        let counts = validated.rejected.map { ($0.key.description, $0.value) }.sorted { $0.0 < $1.0 }
        for (code, count) in counts { text += Array("\(count) * \(code)\n".utf8) }
        for rejection in validated.rejections { text += Array("\(rejection.index) \(rejection.code)\n".utf8) }
        return text
    } catch .malformed {
        return Array("malformed".utf8)
    } catch {
        return Array("\(error)".utf8)
    }
}

private func append(_ event: TelemetryEvent, to text: inout [UInt8]) {
    func append(_ content: UTF8Text) {
        text += Array("\(content.bytes.count):".utf8)
        text += content.bytes
    }
    text += Array("event \(event.index) \(event.eventID) ".utf8)
    append(event.providerID)
    text += Array("\n".utf8)
    event.forEachParameter { parameter in
        append(parameter.name)
        let (kind, content): (Character, UTF8Text) =
            switch parameter.value {
            case .text(let text): ("t", text)
            case .integer(let digits): ("i", digits)
            case .float(let number): ("f", UTF8Text(hexadecimal(number.bitPattern)))
            case .boolean(let flag): ("b", UTF8Text(flag.description))
            case .json(let json): ("j", json)
            }
        text += Array(" \(kind) ".utf8)
        append(content)
        text += Array("\n".utf8)
    }
}

private func hexadecimal(_ bits: UInt64) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
