import Foundation
import Testing

@testable import Reporting

/// The texts that explain the kinds of notices to `journalctl -x`.
@Suite struct CatalogTests {
    private struct Entry {
        let messageID: String
        let headers: [String: String]
        let text: String
    }

    private let entries: [Entry]

    init() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("packaging/systemd/telltale.catalog").path
        let catalog = try String(contentsOfFile: path, encoding: .utf8)
        entries = catalog.components(separatedBy: "\n-- ").dropFirst().map { part in
            let halves = part.components(separatedBy: "\n\n")
            let head = halves[0].split(separator: "\n").map(String.init)
            let headers = head.dropFirst().map { $0.components(separatedBy: ": ") }
            return Entry(
                messageID: head[0],
                headers: Dictionary(
                    headers.map { ($0[0], $0.dropFirst().joined(separator: ": ")) }, uniquingKeysWith: { $1 }),
                text: halves.dropFirst().joined(separator: "\n\n"))
        }
    }

    @Test func everyKindHasOneEntryAndNoEntryIsLeftOver() {
        #expect(entries.map(\.messageID).sorted() == Notice.Kind.allCases.map(\.messageID).sorted())
    }

    @Test func everyEntrySaysWhatHappenedAndWhatToDo() {
        for entry in entries {
            #expect(Set(entry.headers.keys) == ["Subject", "Defined-By", "Documentation"], "\(entry.messageID)")
            #expect(entry.headers["Subject"]?.isEmpty == false)
            // What it means, and what to do: a paragraph each.
            #expect(entry.text.components(separatedBy: "\n\n").count >= 2, "\(entry.headers)")
            #expect(entry.text.split(separator: "\n").allSatisfy { $0.count <= 96 }, "\(entry.headers)")
        }
    }

    @Test func onlyFieldsThatEveryEntryOfTheKindHasAreNamed() throws {
        let others: [Notice.Kind: Set<String>] = [
            .sinkRecovered: ["TELLTALE_SECONDS"], .metadataAbsent: ["TELLTALE_ENDPOINT"],
            .metadataFailing: ["TELLTALE_ENDPOINT"],
        ]
        let counted: Set<Notice.Kind> = [
            .filesLeft, .collected, .fileRejected, .eventsRejected, .capReached, .eventRefused, .fileSkipped,
            .spoolFull,
        ]
        for kind in Notice.Kind.allCases {
            let entry = try #require(entries.first { $0.messageID == kind.messageID })
            let named = (entry.text + (entry.headers["Subject"] ?? "")).matches(of: /@([A-Z_]+)@/).map { String($0.1) }
            let known = others[kind, default: []].union(counted.contains(kind) ? ["TELLTALE_COUNT"] : [])
            #expect(Set(named).isSubset(of: known.union(["TELLTALE_SUBJECT"])), "\(kind)")
        }
    }
}
