/// How the bodies of requests are compressed.
package enum HTTPCompression: String, CaseIterable, Sendable {
    case gzip
    case none
}
