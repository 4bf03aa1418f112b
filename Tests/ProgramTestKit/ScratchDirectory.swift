import Foundation

/// A directory of a test's own, removed with everything in it when the last reference goes.
package final class ScratchDirectory: Sendable {
    package let path: String

    /// Makes a directory below `base`.
    package init(in base: String = NSTemporaryDirectory()) throws {
        let template = (base as NSString).appendingPathComponent("telltale-test-XXXXXX")
        var bytes = template.utf8CString.map(\.self)
        guard mkdtemp(&bytes) != nil else { throw TestKitError("mkdtemp \(template): errno \(errno)") }
        path = String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A path below the directory.
    package func callAsFunction(_ name: String) -> String {
        "\(path)/\(name)"
    }
}

/// What went wrong in the test's own machinery.
package struct TestKitError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
