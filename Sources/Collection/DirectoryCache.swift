internal import SystemCalls

/// Keeps directories open that are used again and again; bounded, so that ten thousand handlers do not exhaust the
/// descriptors.
struct DirectoryCache<Key: Hashable> {
    /// Directories kept open.
    ///
    /// With one cache for the publishers' side and one for the spool's, well below the usual limit of 1,024
    /// descriptors.
    private static var limit: Int { 192 }

    private var open: [Key: Directory] = [:]

    subscript(key: Key) -> Directory? {
        get { open[key] }
        set {
            if newValue != nil, open[key] == nil, open.count >= Self.limit {
                // Any one will do: what is used soon is opened again for two system calls.
                open.remove(at: open.startIndex)
            }
            open[key] = newValue
        }
    }
}
