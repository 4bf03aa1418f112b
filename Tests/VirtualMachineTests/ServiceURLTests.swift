import Configuration
import Testing

@testable import VirtualMachine

@Suite struct ServiceURLTests {
    @Test func aURLIsTakenApartAsItIsMeant() throws {
        let url = try #require(ServiceURL("HTTP://Host:81/a/b?c=d&e#f"))
        #expect(url.endpoint == ServiceEndpoint("host:81"))
        #expect(url.target == "/a/b?c=d&e")
        #expect(ServiceURL("http://host")?.target == "/")
        #expect(ServiceURL("http://host?a=b")?.target == "/?a=b")
    }

    @Test(arguments: [
        "https://host/", "ftp://host/", "host/path", "http://", "http://a@b/", "http://host/a b",
        "http://host/\r\nX: y",
        "http://host\\@other/", "http://hôst/",
    ])
    func aURLThatCouldBeMeantOtherwiseIsNone(text: String) {
        #expect(ServiceURL(text) == nil)
    }
}
