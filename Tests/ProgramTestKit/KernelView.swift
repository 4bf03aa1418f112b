import Foundation

/// What the kernel tells about a process.
package struct KernelView {
    package let process: Int32

    package init(of process: Int32) {
        self.process = process
    }

    /// How often the thread that the process began with went to sleep to wait for something.
    package func voluntaryWaits() throws -> Int {
        try waits(ofThread: "\(process)")
    }

    /// How often any thread of the process went to sleep to wait for something.
    package func voluntaryWaitsOfAllThreads() throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task").map(waits).reduce(0, +)
    }

    /// Whether the thread that the process began with waits for something.
    package func isAsleep() throws -> Bool {
        try text("task/\(process)/status").contains("\nState:\tS")
    }

    private func waits(ofThread thread: String) throws -> Int {
        let status = try text("task/\(thread)/status")
        for line in status.split(separator: "\n") where line.hasPrefix("voluntary_ctxt_switches:") {
            if let count = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) }) { return count }
        }
        throw TestKitError("no voluntary_ctxt_switches in \(status)")
    }

    /// How often the process read from any descriptor with read(2), with or without success.
    ///
    /// - Throws: where the kernel does not count that.
    package func reads() throws -> Int {
        for line in try text("io").split(separator: "\n") where line.hasPrefix("syscr: ") {
            if let count = Int(line.dropFirst("syscr: ".count)) { return count }
        }
        throw TestKitError("/proc/\(process)/io has no syscr")
    }

    /// The masks of all inotify watches of the process.
    package func inotifyMasks() throws -> [UInt32] {
        var masks: [UInt32] = []
        for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fdinfo") {
            // A descriptor that was closed meanwhile is none of an instance.
            for line in ((try? text("fdinfo/\(entry)")) ?? "").split(separator: "\n") {
                guard line.hasPrefix("inotify ") else { continue }
                for field in line.split(separator: " ") where field.hasPrefix("mask:") {
                    guard let mask = UInt32(field.dropFirst("mask:".count), radix: 16) else { continue }
                    masks.append(mask)
                }
            }
        }
        return masks
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: "/proc/\(process)/\(name)", encoding: .utf8)
    }
}
