import CExpat

/// An element as expat reports it: valid only while its handler runs.
struct XMLElement {
    private let name: UnsafePointer<XML_Char>
    private let attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>

    init(name: UnsafePointer<XML_Char>, attributes: UnsafeMutablePointer<UnsafePointer<XML_Char>?>) {
        self.name = name
        self.attributes = attributes
    }

    func isNamed(_ expected: StaticString) -> Bool {
        Self.bytes(of: name).elementsEqual(
            UnsafeBufferPointer(start: expected.utf8Start, count: expected.utf8CodeUnitCount))
    }

    /// The value of the attribute, in well-formed UTF-8; nil when the element has none of that name.
    subscript(attribute: StaticString) -> UnsafeRawBufferPointer? {
        // Names and values in turn, to a null pointer.
        var pair = attributes
        while let name = pair[0], let value = pair[1] {
            if Self.bytes(of: name).elementsEqual(
                UnsafeBufferPointer(start: attribute.utf8Start, count: attribute.utf8CodeUnitCount))
            {
                return Self.bytes(of: value)
            }
            pair += 2
        }
        return nil
    }

    private static func bytes(of text: UnsafePointer<XML_Char>) -> UnsafeRawBufferPointer {
        var count = 0
        while text[count] != 0 { count += 1 }
        return UnsafeRawBufferPointer(start: text, count: count)
    }
}
