import Foundation
import ProgramTestKit

/// The configuration files that the README's section "A fleet" shows, so that what is tested is what it says.
struct FleetConfiguration {
    /// By the path that the first line of each has in a comment.
    private let files: [String: String]

    init() throws {
        let blocks = try ReadmeSection("A fleet").text.components(separatedBy: "\n```").filter {
            $0.hasPrefix("ini\n# /")
        }
        files = Dictionary(
            blocks.map { block in
                let file = block.dropFirst("ini\n".count)
                return (String(file.prefix { $0 != "\n" }.dropFirst("# ".count)), String(file) + "\n")
            },
            uniquingKeysWith: { $1 })
    }

    /// Puts a file where its first line says, in the box.
    func install(_ path: String, in box: SystemdBox) throws {
        guard let contents = files[path] else {
            throw TestKitError("the README shows no \(path), only \(files.keys.sorted())")
        }
        try box.install(contents, at: path)
    }
}
