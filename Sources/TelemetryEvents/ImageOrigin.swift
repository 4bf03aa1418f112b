/// Where the image of the virtual machine comes from, as the telemetry channel numbers it.
package enum ImageOrigin: Int, Hashable, Sendable {
    case unknown = 0
    /// The user's own.
    case custom = 1
    /// From the marketplace, of a distribution that the platform endorses.
    case endorsed = 2
    /// Any other from the marketplace.
    case platform = 3

    /// Judges by what the instance metadata service says of the image; nil for what it does not say.
    init(publisher: String?, offer: String?, sku: String?, version: String?) {
        guard let publisher else {
            self = .unknown
            return
        }
        if publisher.isEmpty {
            self = .custom
        } else if let offer, let sku, let version {
            let image = EndorsedImages.Image(publisher: publisher, offer: offer, sku: sku, version: version)
            self = EndorsedImages.contain(image) ? .endorsed : .platform
        } else {
            self = EndorsedImages.publishers.contains(publisher.uppercased()) ? .unknown : .platform
        }
    }
}
