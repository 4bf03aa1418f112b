/// Why a measurement could not be made, in words for whoever runs the bench.
struct BenchFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
