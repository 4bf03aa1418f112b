internal import SystemPackage

/// Why a running service could not be asked.
package enum ControlFailure: Error, Hashable, Sendable {
    /// Nobody answers at the socket's path, or it does not exist.
    case notRunning(String)
    /// The socket is there, and this user may not ask that.
    case notPermitted(String)
    /// The service took the question and gave no answer.
    case noAnswer(String, reason: String)

    init(connecting error: Errno, to path: String) {
        switch error {
        case .noSuchFileOrDirectory, .connectionRefused, .notDirectory: self = .notRunning(path)
        case .permissionDenied, .notPermitted: self = .notPermitted(path)
        case .resourceTemporarilyUnavailable: self = .noAnswer(path, reason: "too many others wait for its answer")
        default: self = .noAnswer(path, reason: "\(error)")
        }
    }
}
