import Foundation
import ProgramTestKit
import Testing

@Test func aFileInADirectoryMadeInTheSameInstantIsDelivered() throws {
    let service = try TestedService()
    try FileManager.default.createDirectory(atPath: service.logRoot, withIntermediateDirectories: true)
    let (telltale, _) = try service.start()
    let count = 1000
    for number in 0..<count {
        let publisher = try service.publisher("New.\(number)")
        if number.isMultiple(of: 2) {
            try publisher.writeInPlace("1.json", EventPublisher.event("\(number)"))
        } else {
            try publisher.publish("1.json", EventPublisher.event("\(number)"))
        }
    }
    try #require(try telltale.waitForEvents(count))
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages().sorted() == (0..<count).map(String.init).sorted())
}

@Test func aFileThatComesWhileItsDirectoryIsBeginningToBeWatchedIsDelivered() throws {
    let service = try TestedService([
        "--agent-events", "off", "--ndjson", "-", "--quiet-window", "0", "--max-delay", "0",
    ])
    try FileManager.default.createDirectory(atPath: service.logRoot, withIntermediateDirectories: true)
    let (telltale, _) = try service.start()
    var generator = RepeatableRandom(seed: 15)
    for round in 0..<1000 {
        // From an idle program, and at another instant each time: before, while and after it looks.
        let staged = service.scratch("staged.json")
        try EventPublisher.event("round \(round)").write(toFile: staged, atomically: false, encoding: .utf8)
        let publisher = try service.publisher("New.\(round)")
        let instant = DispatchTime.now() + .nanoseconds(.random(in: 0...200_000, using: &generator))
        while DispatchTime.now() < instant {}
        #expect(rename(staged, "\(publisher.directory)/1.json") == 0)
        try #require(telltale.waitForMessage("round \(round)"))
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages().count == 1000)
}

@Test func aFileInADirectoryMadeWhileOthersComeAndGoIsDelivered() throws {
    let service = try TestedService(["--agent-events", "off", "--ndjson", "-", "--cap", "1000000"])
    try FileManager.default.createDirectory(atPath: service.logRoot, withIntermediateDirectories: true)
    let (telltale, _) = try service.start()
    let rounds = 200
    // Each round's directory takes a name again that the round before gave up, with an inode that may be used again.
    for round in 0..<rounds {
        let publisher = try service.publisher("Same")
        try publisher.publish("1.json", EventPublisher.event("round \(round)"))
        try #require(telltale.waitForMessage("round \(round)"))
        try FileManager.default.removeItem(atPath: "\(service.logRoot)/Same")
    }
    #expect(try telltale.stop() == 0)
    #expect(try telltale.messages().count == rounds)
}
