import Foundation

/// The time that a test waits for what must come; only a failing test ever takes it.
package let patience: TimeInterval = 60

/// Looks at a condition that only the real kernel or another process can make true, until it is, or `patience` is over.
package func eventually(within seconds: TimeInterval = patience, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
        if try condition() { return true }
        if Date() > deadline { return false }
        usleep(2000)
    }
}
