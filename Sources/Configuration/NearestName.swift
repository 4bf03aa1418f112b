/// Finds the name that somebody who mistyped one most likely meant.
enum NearestName {
    /// The nearest of `names`; nil when none is near: more than a third of the letters would have to change.
    static func to(_ written: String, of names: [String]) -> String? {
        let letters = normalized(written)
        // Longer ones are no typing errors, and the work grows with the square of the length.
        guard !letters.isEmpty, letters.count <= 64 else { return nil }
        let ranked = names.map { (name: $0, distance: distance(letters, normalized($0))) }
        guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, letters.count / 3) ? best.name : nil
    }

    /// Without dashes in front, in lower case, with `-` for `_`: what differs so is the same to whoever writes it.
    private static func normalized(_ name: String) -> [UInt8] {
        name.utf8.drop { $0 == UInt8(ascii: "-") }.map { byte in
            switch byte {
            case UInt8(ascii: "_"): UInt8(ascii: "-")
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte + 0x20
            default: byte
            }
        }
    }

    /// How many letters have to be put in, left out or changed to come from one to the other (Levenshtein).
    private static func distance(_ from: [UInt8], _ to: [UInt8]) -> Int {
        var row = Array(0...to.count)
        for (index, letter) in from.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in to.indices {
                let changed = diagonal + (letter == to[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, min(diagonal, row[column]) + 1)
            }
        }
        return row[to.count]
    }
}
