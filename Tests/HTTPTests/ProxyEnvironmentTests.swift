import HTTP
import Testing

@Suite struct ProxyEnvironmentTests {
    private static let plain = HTTPOrigin(host: "collector.example", port: 4318)
    private static let secure = HTTPOrigin(scheme: .https, host: "collector.example", port: 4318)

    private func proxy(_ variables: [String: String], for origin: HTTPOrigin) throws -> String? {
        try ProxyEnvironment(variables: variables).proxy(for: origin)?.description
    }

    @Test(
        arguments: [
            ([:], nil, nil),
            (["http_proxy": "http://a:1"], "http://a:1", nil),
            (["HTTP_PROXY": "http://a:1"], nil, nil),
            (["https_proxy": "http://a:1"], nil, "http://a:1"),
            (["HTTPS_PROXY": "http://a:1"], nil, "http://a:1"),
            (["https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:2"], nil, "http://a:1"),
            (["https_proxy": "", "HTTPS_PROXY": "http://b:2"], nil, "http://b:2"),
            (["all_proxy": "http://a:1", "ALL_PROXY": "http://b:2"], "http://a:1", "http://a:1"),
            (["ALL_PROXY": "http://b:2"], "http://b:2", "http://b:2"),
            (["http_proxy": "http://a:1", "ALL_PROXY": "http://b:2"], "http://a:1", "http://b:2"),
            // What does not decide need not be right.
            (
                ["http_proxy": "http://a:1", "https_proxy": "http://a:1", "all_proxy": "socks5://b"], "http://a:1",
                "http://a:1"
            ),
        ] as [([String: String], String?, String?)])
    func eachSchemeHasItsVariables(variables: [String: String], http: String?, https: String?) throws {
        #expect(try proxy(variables, for: Self.plain) == http)
        #expect(try proxy(variables, for: Self.secure) == https)
    }

    @Test(arguments: [
        ("proxy.example", "http://proxy.example:80"), ("proxy.example:3128", "http://proxy.example:3128"),
        ("http://proxy.example", "http://proxy.example:80"),
        ("HTTP://Proxy.Example:3128/", "http://proxy.example:3128"),
        ("http://10.1.2.3:3128", "http://10.1.2.3:3128"), ("http://[fd00::1]:3128", "http://[fd00::1]:3128"),
        ("[fd00::1]", "http://[fd00::1]:80"), ("http://user:secret@proxy:3128", "http://proxy:3128"),
        ("user@proxy", "http://proxy:80"), ("http://user:se@cret@proxy", "http://proxy:80"),
    ])
    func aProxyIsToldByAURLOrByHostAndPort(text: String, proxy: String) throws {
        #expect(try self.proxy(["http_proxy": text], for: Self.plain) == proxy)
    }

    @Test(arguments: [
        "http://", ":3128", "http://proxy:0", "http://proxy:65536", "http://proxy:port", "http://proxy:3128/path",
        "ftp://proxy",
        "http://pro xy", "http://[fd00::1", "http://[nonsense]", "http://user:secret@", "http://proxy?x", "://proxy",
        "a:1:2",
    ])
    func whatIsNoProxyIsAFaultOfItsVariable(text: String) {
        let error = #expect(throws: ProxyError.self) {
            try proxy(["https_proxy": "http://a", "ALL_PROXY": text], for: Self.plain)
        }
        #expect(error?.variable == "ALL_PROXY")
        #expect(error?.reason == .malformed)
        #expect(
            error?.description == "ALL_PROXY is no address of a proxy; http://[USER:PASSWORD@]HOST[:PORT] was expected")
    }

    @Test(arguments: ["https", "socks5", "socks5h", "SOCKS4"])
    func aProxyOfAnotherProtocolIsToldSo(scheme: String) {
        let error = #expect(throws: ProxyError.self) {
            try proxy(["https_proxy": "\(scheme)://user:secret@proxy:1080"], for: Self.secure)
        }
        #expect(error?.reason == .scheme(scheme.lowercased()))
    }

    @Test func noPasswordIsShown() throws {
        let variables = ["http_proxy": "http://user:secret@proxy", "https_proxy": "http://user:secret@pro xy"]
        let proxy = try #require(try ProxyEnvironment(variables: variables).proxy(for: Self.plain))
        var dumped = ""
        dump(proxy, to: &dumped)
        let error = #expect(throws: ProxyError.self) {
            try ProxyEnvironment(variables: variables).proxy(for: Self.secure)
        }
        // What it is sent as is `dXNlcjpzZWNyZXQ=`.
        for text in [dumped, "\(proxy)", String(reflecting: proxy), error?.description ?? "", "\(error as Any)"] {
            #expect(!text.contains("secret") && !text.contains("dXNl"))
        }
    }

    @Test(arguments: [
        // The exceptions, a server, and whether it is one of them.
        ("", "collector.example", false), ("*", "collector.example", true),
        ("collector.example", "collector.example", true),
        ("Collector.EXAMPLE", "collector.Example", true), ("collector.example.", "collector.example", true),
        ("collector.example", "collector.example.", true), (".example", "collector.example", true),
        ("example", "collector.example", true), ("*.example", "collector.example", true), (".example", "example", true),
        ("xample", "collector.example", false), ("ctor.example", "collector.example", false),
        ("collector.example.org", "collector.example", false), ("other.example, example", "collector.example", true),
        ("other.example collector.example", "collector.example", true),
        ("collector.example:4318", "collector.example", true),
        ("collector.example:80", "collector.example", false), (".example:4318", "collector.example", true),
        ("10.1.2.3", "10.1.2.3", true), ("10.1.2.3", "10.1.2.30", false), ("10.1.2.3:4318", "10.1.2.3", true),
        ("10.1.2.3:80", "10.1.2.3", false), ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.1.2.3", false),
        ("10.1.2.0/23", "10.1.3.255", true), ("10.1.2.0/23", "10.1.4.0", false), ("0.0.0.0/0", "10.1.2.3", true),
        ("10.1.2.3/32", "10.1.2.3", true), ("10.1.2.3/33", "10.1.2.3", false), ("10.1.2.3/-1", "10.1.2.3", false),
        ("0.0.0.0/0", "collector.example", false), ("0.0.0.0/0", "[fd00::1]", false), ("fd00::/8", "[fd12::1]", true),
        ("fd00::/8", "[fe80::1]", false), ("[fd00::1]", "[fd00::1]", true), ("fd00:0::1", "[fd00::1]", true),
        ("[fd00::1]:4318", "[fd00::1]", true), ("[fd00::1]:80", "[fd00::1]", false),
        (",, ,", "collector.example", false),
        (".", "collector.example", false), ("http://collector.example", "collector.example", false),
        // This machine is never reached by a proxy.
        ("", "localhost", true), ("", "a.localhost", true), ("", "127.0.0.1", true), ("", "127.9.9.9", true),
        ("", "[::1]", true),
        ("", "128.0.0.1", false), ("", "[::2]", false), ("", "localhost.example", false),
    ])
    func exceptionsAreNamesAddressesAndNetworks(list: String, host: String, isException: Bool) throws {
        let variables = ["http_proxy": "proxy", "no_proxy": list, "NO_PROXY": "unheard.example"]
        let proxy = try proxy(variables, for: HTTPOrigin(host: host, port: 4318))
        #expect((proxy == nil) == isException)
    }

    @Test func exceptionsMayBeInCapitals() throws {
        #expect(try proxy(["http_proxy": "proxy", "NO_PROXY": "example"], for: Self.plain) == nil)
        #expect(try proxy(["http_proxy": "proxy", "no_proxy": "", "NO_PROXY": "example"], for: Self.plain) == nil)
    }
}
