/// The limits of the contract (section 1), each in one place.
package struct ValidationLimits: Hashable, Sendable {
    /// The largest event file read, in bytes.
    ///
    /// A larger file is rejected unread.
    package var fileSize = 4_194_304
    /// A `Message` is cut to this many code points.
    package var messageLength = 3072
    /// The eight fields of an event together hold at most this many code points.
    package var eventLength = 6144
    /// Lists and objects may stand in one another this deep; a deeper file is malformed.
    package var nesting = 512
    /// Rejections of one file that are kept with their place, and as many alterations; the others are counted only.
    package var keptRejections = 20

    package init() {}
}
