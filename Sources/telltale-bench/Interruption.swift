internal import Synchronization
internal import SystemCalls
internal import SystemPackage

/// Leaves nothing behind when the bench is told to end in the middle.
enum Interruption {
    /// Starts a thread that waits for a signal, ends the programs under measurement, and removes the scratch directory.
    static func clean(_ scratch: ScratchDirectory) throws(Errno) {
        SignalDescriptor.ignoreWhatErrorsTell()
        let signals = try SignalDescriptor()
        try Thread(named: "interruption") {
            while signals.next() == nil {
                _ = try? Kernel.isReadable(signals.descriptor, until: .max)
            }
            for process in RunningProgram.all.withLock({ $0 }) { Kernel.send(.kill, to: process) }
            try? scratch.remove()
            Kernel.exit(130)
        }.detach()
    }
}
