/// Names one watch of an inotify instance.
///
/// The kernel counts up, so that an old one does not come back soon.
package struct WatchDescriptor: Hashable, Sendable {
    package let rawValue: CInt

    package init(rawValue: CInt) {
        self.rawValue = rawValue
    }
}
