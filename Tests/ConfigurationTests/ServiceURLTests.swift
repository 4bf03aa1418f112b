import Configuration
import Testing

@Suite struct ServiceURLTests {
    @Test func aURLIsTakenApartAsItIsMeant() throws {
        let url = try ServiceURL("HTTP://Host:81/a/b?c=d&e#f")
        #expect(url.scheme == .http)
        #expect(url.endpoint == ServiceEndpoint("host:81"))
        #expect(url.target == "/a/b?c=d&e")
        #expect(try ServiceURL("http://host").target == "/")
        #expect(try ServiceURL("http://host?a=b").target == "/?a=b")
        #expect(try ServiceURL("https://[::1]/").endpoint == ServiceEndpoint("[::1]:443"))
        #expect(try ServiceURL("https://host:80/").description == "https://host:80/")
    }

    @Test(
        arguments: [
            ("ftp://host/", .scheme("ftp")), ("host/path", .notAbsolute), ("host:80/path", .notAbsolute),
            ("://host", .notAbsolute), ("/a://b", .notAbsolute), ("", .notAbsolute), ("http:/host", .notAbsolute),
            ("http://", .endpoint("")), ("https:///path", .endpoint("")), ("http://host:0/", .endpoint("host:0")),
            ("http://host\\other/", .endpoint("host\\other")), ("http://a@b/", .user), ("https://a:b@c", .user),
            ("http://host\\@other/", .user), ("http://host/a b", .character), ("http://host/\r\nX: y", .character),
            ("http://hôst/", .character), (" http://host", .character),
        ] as [(String, ServiceURLError)])
    func aURLThatCouldBeMeantOtherwiseIsNone(text: String, error: ServiceURLError) {
        #expect(throws: error) { try ServiceURL(text) }
        #expect(throws: error) { try ServiceURL(base: text) }
        #expect(!error.description.isEmpty)
    }

    @Test(
        arguments: [
            ("http://host", ""), ("http://host/", ""), ("https://host:4318//", ""), ("https://host/a/b", "/a/b"),
            ("https://host/a/b%20c/", "/a/b%20c"),
        ])
    func somethingCanBeAppendedToABase(text: String, target: String) throws {
        #expect(try ServiceURL(base: text).target == target)
    }

    @Test(arguments: ["http://host/a?b", "http://host?", "http://host/#", "http://host/a#b"])
    func nothingCanBeAppendedToAQueryOrAFragment(text: String) {
        #expect(throws: ServiceURLError.query) { try ServiceURL(base: text) }
    }
}
