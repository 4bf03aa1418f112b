internal import OpenTelemetryProtocol

extension OTLPSeverityNumber {
    /// The severity of a level (contract, section 5); that of an unknown one is not specified.
    init(_ level: EventLevel?) {
        switch level {
        case .critical: self = .fatal
        case .error: self = .error
        case .warning: self = .warn
        case .informational, .logAlways: self = .info
        case .verbose: self = .debug
        case nil: self = .unspecified
        }
    }
}
