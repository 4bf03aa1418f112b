import Foundation
import ProgramTestKit

/// The only sink of the installed service, and stuck: what is claimed stays in the spool until somebody lets it go.
///
/// It is a FIFO that is full, and whose reader does not read.
struct StuckSink {
    private let path: String
    private let fifo: StandingFIFO

    /// Overrides the unit, for the next start.
    init(of service: BoxedService) throws {
        path = service.box.outside("/var/lib/telltale/lines")
        fifo = try StandingFIFO(at: path)
        let filler = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard filler >= 0 else { throw TestKitError("open \(path): errno \(errno)") }
        defer { close(filler) }
        // The service would widen the pipe, and have room again.
        let setPipeSize: CInt = 1031
        guard fcntl(filler, setPipeSize, 1 << 20) >= 1 << 20 else { throw TestKitError("F_SETPIPE_SZ: errno \(errno)") }
        let lines = [UInt8](repeating: UInt8(ascii: "\n"), count: 4096)
        while write(filler, lines, lines.count) > 0 {}
        try service.override([
            "Environment=TELLTALE_SINK=ndjson TELLTALE_NDJSON=/var/lib/telltale/lines TELLTALE_FETCH_METADATA=off"
        ])
    }

    /// From the next start on, a file takes its place.
    func letGo() throws {
        guard unlink(path) == 0 else { throw TestKitError("unlink \(path): errno \(errno)") }
    }

    /// What the file has taken.
    func lines() -> [String] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }
}
