import Configuration
import Testing

@Suite struct ServiceEndpointTests {
    @Test(arguments: [
        ("168.63.129.16", "168.63.129.16", 80), ("168.63.129.16:8080", "168.63.129.16", 8080),
        ("Wire-Server.example_1:65535", "wire-server.example_1", 65535), ("[::1]", "[::1]", 80),
        ("[FE80::1]:1", "[fe80::1]", 1),
    ])
    func aHostWithOrWithoutAPortIsOne(text: String, host: String, port: Int) throws {
        let endpoint = try #require(ServiceEndpoint(text))
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
    }

    @Test(arguments: [
        "", ":80", "host:", "host:0", "host:65536", "host:-1", "host:+1", "host:8O", "host:80:80", "http://host",
        "host/path", "a b", "user@host", "[::1", "[]", "[host]", "[::1]80", "::1", "hôst", "host:٣",
        String(repeating: "x", count: 254),
    ])
    func anythingElseIsNone(text: String) {
        #expect(ServiceEndpoint(text) == nil)
    }
}
