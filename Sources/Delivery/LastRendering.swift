/// What was rendered last of an object that many events share.
///
/// The rendering is found again by the identity of the object, which this keeps alive.
struct LastRendering<Source: AnyObject & Sendable, Rendering: Sendable>: Sendable {
    private var last: (source: Source, rendering: Rendering)?

    /// The rendering of `source`, made by `render` unless it is the last one.
    @inline(__always)
    mutating func of<Failure>(
        _ source: Source, render: (Source) throws(Failure) -> Rendering
    ) throws(Failure) -> Rendering {
        if let last, last.source === source { return last.rendering }
        let rendering = try render(source)
        last = (source, rendering)
        return rendering
    }
}
