internal import OpenTelemetryProtocol
internal import TelemetryEvents

/// The parameters of an agent event as attributes, whose keys OTLP wants neither repeated nor empty.
struct OTLPParameterAttributes {
    /// What precedes a name that could not be a key as it is.
    private static let prefix = "telltale.parameter."

    /// In the order of their first mention.
    private var attributes: [(key: UTF8Text, values: [OTLPAnyValue])] = []

    /// The attributes of `parameters` beside those that are `taken` already.
    ///
    /// A name that is taken or empty gets a prefix, and the values of one that is repeated become a list.
    init(_ parameters: [Parameter], beside taken: [OTLPKeyValue]) {
        let takenKeys = Set(taken.map { UTF8Text($0.key) })
        var places: [UTF8Text: Int] = [:]
        for parameter in parameters {
            let isKey = !parameter.name.isEmpty && !takenKeys.contains(parameter.name)
            let key = isKey ? parameter.name : UTF8Text("\(Self.prefix)\(parameter.name)")
            if let place = places[key] {
                attributes[place].values.append(OTLPAnyValue(parameter.value))
            } else {
                places[key] = attributes.count
                attributes.append((key, [OTLPAnyValue(parameter.value)]))
            }
        }
    }

    /// Appends them.
    func append(to list: inout [OTLPKeyValue]) {
        for (key, values) in attributes {
            list.append(OTLPKeyValue(key.description, values.count == 1 ? values[0] : OTLPAnyValue(list: values)))
        }
    }
}
