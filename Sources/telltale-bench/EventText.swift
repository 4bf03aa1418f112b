internal import SystemPackage

/// The event files that the bench publishes: valid events of a usual size.
enum EventText {
    /// One event as an extension writes it.
    static func event(message: String) -> String {
        #"{"Version":"1.10.2.3","Timestamp":"2026-01-02T03:04:05.678901Z","TaskName":"ExtensionHandler.Enable","#
            + #""EventLevel":"Informational","Message":"\#(message)","EventPid":"31415","EventTid":"92653","#
            + #""OperationId":"0f8fad5b-d9cb-469f-a165-70867728950e"}"#
    }

    /// A message of exactly so many bytes.
    static func message(ofBytes count: Int) -> String {
        let sentence = "Downloaded the package, checked its signature and started the unit without a complaint. "
        return String(repeating: sentence, count: count / sentence.utf8.count + 1).prefixOfBytes(count)
    }

    /// A file of so many events.
    static func file(events: Int, messageBytes: Int) -> [UInt8] {
        let event = event(message: message(ofBytes: messageBytes))
        guard events > 1 else { return Array(event.utf8) }
        return Array(("[" + Array(repeating: event, count: events).joined(separator: ",") + "]").utf8)
    }
}

extension String {
    /// The beginning of an ASCII text.
    fileprivate func prefixOfBytes(_ count: Int) -> String {
        String(decoding: utf8.prefix(count), as: UTF8.self)
    }
}
