import Foundation
import ProgramTestKit
import Testing

/// What takes the terminal, and what gives it back.
private let take = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
private let giveBack = "\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

@Suite(.enabled(if: PseudoTerminal.isAvailable, "needs setsid of util-linux"))
struct StatusWatchTests {
    /// Expects that the terminal is what it was before.
    private func expectRestored(_ terminal: PseudoTerminal) {
        #expect(terminal.settings == (echoes: true, waitsForLines: true))
        // What it wrote last may still be on its way when it has ended.
        let isRestored = eventually { terminal.output.hasSuffix(giveBack) }
        #expect(isRestored)
    }

    @Test func theScreenFollowsWhatHappensAndTheTerminalIsGivenBack() throws {
        let asked = try AskedService()
        let publisher = try asked.service.publisher("Contoso.Backup")
        let (telltale, _) = try asked.service.start()
        let terminal = try PseudoTerminal(asked.asking("status", ["--watch"]))
        defer { terminal.close() }
        try #require(terminal.waitForFrame { $0.first?.hasSuffix("is well.") == true })
        #expect(terminal.output.hasPrefix(take))
        #expect(terminal.settings == (echoes: false, waitsForLines: false))
        try publisher.publish("1.json", EventPublisher.event("seen"))
        let isShown = terminal.waitForFrame { lines in
            lines.contains { $0.hasPrefix("  accepted ") && $0.hasSuffix("█") }
                && lines.contains { $0.hasPrefix("  Contoso.Backup ") }
        }
        #expect(isShown)
        #expect(terminal.frame.count <= 50)
        // A smaller terminal gets a smaller frame at once.
        terminal.resize(columns: 40, rows: 10)
        #expect(terminal.waitForFrame { $0.count == 10 && $0.allSatisfy { $0.count <= 40 } })
        terminal.type("\u{3}")
        #expect(try terminal.waitForExit() == 0)
        expectRestored(terminal)
        #expect(try telltale.stop() == 0)
    }

    @Test(arguments: ["q", "\u{4}"])
    func aKeyEndsIt(key: String) throws {
        let terminal = try PseudoTerminal(try AskedService().asking("status", ["--watch"]))
        defer { terminal.close() }
        try #require(terminal.waitForFrame { $0.first?.hasPrefix("Telltale does not answer") == true })
        terminal.type("x")
        terminal.type(key)
        #expect(try terminal.waitForExit() == 0)
        expectRestored(terminal)
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
    func aSignalEndsIt(signal: Int32) throws {
        let terminal = try PseudoTerminal(try AskedService().asking("status", ["--watch"]))
        defer { terminal.close() }
        try #require(terminal.waitForFrame { !$0.isEmpty })
        kill(-(try #require(terminal.foregroundGroup)), signal)
        #expect(try terminal.waitForExit() == 0)
        expectRestored(terminal)
    }

    @Test func itSaysThatTheServiceIsAwayAndGoesOnWhenItIsBack() throws {
        let asked = try AskedService()
        let (first, _) = try asked.service.start()
        let terminal = try PseudoTerminal(asked.asking("status", ["--watch"]))
        defer { terminal.close() }
        try #require(terminal.waitForFrame { $0.first?.hasSuffix("is well.") == true })
        #expect(try first.stop() == 0)
        try #require(terminal.waitForFrame { $0.first?.hasPrefix("Telltale does not answer: nobody is at") == true })
        #expect(terminal.frame.contains { $0.hasPrefix("What it said last, at ") })
        let (second, _) = try asked.service.start()
        try #require(terminal.waitForFrame { $0.first?.hasSuffix("is well.") == true })
        #expect(terminal.frame.contains { $0.contains("process \(second.processIdentifier),") })
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        #expect(try second.stop() == 0)
    }

    @Test func aServiceThatDoesNotAnswerKeepsNobodyFromEndingIt() throws {
        let asked = try AskedService()
        let (telltale, _) = try asked.service.start()
        telltale.signal(SIGSTOP)
        let terminal = try PseudoTerminal(asked.asking("status", ["--watch"]))
        defer { terminal.close() }
        try #require(eventually { terminal.output.contains(take) })
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        expectRestored(terminal)
        telltale.signal(SIGCONT)
        #expect(try telltale.stop() == 0)
    }

    @Test func aPauseGivesTheTerminalBackUntilItGoesOn() throws {
        let asked = try AskedService()
        let (telltale, _) = try asked.service.start()
        let terminal = try PseudoTerminal(asked.asking("status", ["--watch"]))
        defer { terminal.close() }
        try #require(terminal.waitForFrame { $0.first?.hasSuffix("is well.") == true })
        terminal.type("\u{1A}")
        try #require(eventually { terminal.output.hasSuffix(giveBack) })
        #expect(terminal.settings == (echoes: true, waitsForLines: true))
        kill(-(try #require(terminal.foregroundGroup)), SIGCONT)
        try #require(eventually { terminal.output.components(separatedBy: take).count == 3 })
        terminal.type("q")
        #expect(try terminal.waitForExit() == 0)
        expectRestored(terminal)
        #expect(try telltale.stop() == 0)
    }
}
