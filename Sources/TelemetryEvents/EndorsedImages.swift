/// The marketplace images that count as endorsed, as the reference counts them.
enum EndorsedImages {
    /// What the instance metadata service says of an image.
    struct Image {
        let publisher: String
        let offer: String
        let sku: String
        let version: String
    }

    /// Which images of an offer count.
    private struct Rule {
        let publisher: String
        let offer: String
        /// SKUs that count whatever they say of a version; in this spelling only.
        var skus: Set<String> = []
        /// SKUs that are versions count from this one on.
        var leastSKU: String?
        /// Images of one SKU (in capitals) count from this version on.
        var leastVersion: (sku: String, version: String)?
    }

    private static let rules: [Rule] = [
        Rule(
            publisher: "CANONICAL", offer: "UBUNTUSERVER",
            skus: Set((0...8).map { "14.04.\($0)-LTS" })
                .union(["16.04-LTS", "16.04.0-LTS", "18.04-LTS", "20.04-LTS", "22.04-LTS"])),
        Rule(publisher: "COREOS", offer: "COREOS", leastVersion: (sku: "STABLE", version: "494.4.0")),
        Rule(publisher: "CREDATIV", offer: "DEBIAN", leastSKU: "7"),
        Rule(publisher: "OPENLOGIC", offer: "CENTOS", skus: ["7-LVM", "7-RAW"], leastSKU: "6.3"),
        Rule(publisher: "OPENLOGIC", offer: "CENTOS-HPC", leastSKU: "6.3"),
        Rule(publisher: "REDHAT", offer: "RHEL", skus: ["7-LVM", "7-RAW"], leastSKU: "6.7"),
        Rule(publisher: "REDHAT", offer: "RHEL-HANA", leastSKU: "6.7"),
        Rule(publisher: "REDHAT", offer: "RHEL-SAP", leastSKU: "6.7"),
        Rule(publisher: "REDHAT", offer: "RHEL-SAP-APPS", leastSKU: "6.7"),
        Rule(publisher: "REDHAT", offer: "RHEL-SAP-HANA", leastSKU: "6.7"),
        Rule(publisher: "SUSE", offer: "SLES", skus: enterpriseServicePacks),
        Rule(publisher: "SUSE", offer: "SLES-BYOS", skus: enterpriseServicePacks),
        Rule(publisher: "SUSE", offer: "SLES-SAP", skus: enterpriseServicePacks),
    ]

    private static let enterpriseServicePacks = Set((4...6).map { "11-SP\($0)" } + (1...6).map { "12-SP\($0)" })

    /// The publishers of endorsed images, in capitals.
    static let publishers = Set(rules.map(\.publisher))

    static func contain(_ image: Image) -> Bool {
        let publisher = image.publisher.uppercased()
        let offer = image.offer.uppercased()
        guard let rule = rules.first(where: { $0.publisher == publisher && $0.offer == offer }) else { return false }
        if rule.skus.contains(image.sku) { return true }
        if let least = rule.leastSKU { return isVersion(image.sku, atLeast: least) }
        guard let least = rule.leastVersion, image.sku.uppercased() == least.sku else { return false }
        return isVersion(image.version, atLeast: least.version)
    }

    /// Whether `text` is decimal numbers with dots between them, and not less than `least`.
    private static func isVersion(_ text: String, atLeast least: String) -> Bool {
        guard let numbers = Self.numbers(of: text), let bound = Self.numbers(of: least) else { return false }
        for index in 0..<max(numbers.count, bound.count) {
            let number = index < numbers.count ? numbers[index] : 0
            let other = index < bound.count ? bound[index] : 0
            if number != other { return number > other }
        }
        return true
    }

    private static func numbers(of text: String) -> [UInt64]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.utf8.allSatisfy { (48...57).contains($0) } ? UInt64(part) : nil }
        return numbers.count == parts.count ? numbers : nil
    }
}
