import Configuration
import Testing

@Test(
    arguments: [
        ("a=b", ["a: b"]), (" Authorization = Bearer%20x , X-Tenant=7", ["Authorization: Bearer x", "X-Tenant: 7"]),
        ("a=b=c", ["a: b=c"]), ("a=%2C%25", ["a: ,%"]), ("a=", ["a: "]),
    ])
func headersAreNamesAndValues(written: String, fields: [String]) {
    #expect(RequestHeaders(written)?.fields.map { "\($0.name): \($0.value)" } == fields)
}

@Test(
    arguments: [
        "", "a", "=b", "a b=c", "a=b,", "a=%0A", "a=%", "a=%+1", "a=%ff", "a=b\r\nc: d", "Content-Length=3", "host=x",
        "ä=b",
    ])
func whatNoRequestCanCarryIsNoHeader(written: String) {
    #expect(RequestHeaders(written) == nil)
}

@Test func aTokenIsNeitherShownNorRepeatedInAComplaint() {
    #expect(Setting[.otlpHeaders].kind.shown(.text("Authorization=secret,X=y")) == "Authorization=…,X=…")
    let layer = SettingLayer(options: [.otlpHeaders: ["Authorization: secret"]])
    #expect(layer.problems.count == 1 && !"\(layer.problems)".contains("secret"))
}

@Test func theSinkOTLPAndItsEndpointNeedEachOther() {
    let with = { (options: [Setting.Key: [String]]) in
        EffectiveConfiguration(layers: [SettingLayer(options: options)])
    }
    #expect(with([.otlpEndpoint: ["http://a:4318"]]).sinks == [.otlp])
    #expect(with([.otlpEndpoint: ["http://a"], .ndjson: ["-"]]).sinks == [.otlp, .ndjson])
    #expect(with([.sink: ["otlp"]]).problems.count == 1)
    #expect(with([.sink: ["journal"], .otlpEndpoint: ["http://a"]]).problems.count == 1)
    #expect(
        with([.sink: ["otlp journal"], .otlpEndpoint: ["https://a/x/"]]).otlpEndpoint?.description == "https://a:443/x")
}
