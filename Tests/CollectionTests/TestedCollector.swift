import Delivery
import ProgramTestKit
import Reporting
import SystemCalls
import SystemPackage
import TelemetryEvents

@testable import Collection

/// A sink that takes everything that it is not told to refuse, and remembers which events it took.
final class RememberingSink: Sink {
    let name = "remembering"
    /// How often each event came, by its file's claim and its index.
    private let taken = Monitor<[ClaimID: [Int: Int]]>([:])

    private let said = Monitor<[String]>([])
    private let refused = Monitor<Set<Int>>([])

    /// Refuses events of these indexes for good from now on.
    func refuse(_ indexes: Set<Int>) {
        refused.withLock { $0 = indexes }
    }

    func deliver(_ events: ArraySlice<TelemetryEvent>) -> DeliveryOutcome {
        said.withLock { said in
            for event in events where event.file.isOwnReport {
                event.forEachParameter { parameter in
                    guard case .text(let text) = parameter.value else { return }
                    if parameter.name == "Context1" || parameter.name == "Message" { said.append(text.description) }
                }
            }
        }
        taken.withLock { taken in
            for event in events where !event.file.isOwnReport {
                taken[event.file.claim, default: [:]][event.index, default: 0] += 1
            }
        }
        let indexes = refused.withLock { $0 }
        let refusals = events.filter { !$0.file.isOwnReport && indexes.contains($0.index) }
            .map { RefusedEvent(event: $0, reason: "no") }
        return DeliveryOutcome(finished: events.count, refused: refusals, rest: .none)
    }

    /// The warnings and messages of Telltale's own reports.
    var reports: [String] { said.withLock { $0 } }

    /// How often each event came.
    var counts: [ClaimID: [Int: Int]] { taken.withLock { $0 } }
}

/// A collector with a spool and a log root of its own, on memory.
final class TestedCollector {
    let scratch: ScratchDirectory
    let sink = RememberingSink()
    var settings = CollectorSettings()

    init() throws {
        scratch = try ScratchDirectory(in: "/dev/shm")
        settings.extensionLog = FilePath(scratch("log"))
        _ = try Directory.make(at: FilePath(scratch("log")))
    }

    /// A handler's directory in the spool.
    func spoolDirectory(of handler: String) throws -> Directory {
        try Directory.make(at: FilePath(scratch("spool/extensions/\(handler)")))
    }

    /// An extension's events directory.
    func events(of handler: String) throws -> Directory {
        try Directory.make(at: FilePath(scratch("log/\(handler)/events")))
    }

    /// Collects all that is there.
    func collect() throws -> (ending: Collector.Ending, tally: Tally) {
        let wakeUp = try WakeUp()
        let notices = NoticeLog(to: .none)
        let delivery = Delivery(sinks: [sink], notices: notices) { wakeUp.signal() }
        try delivery.start()
        let parameters = ParameterFeed(CommonParameters(leading: [], collector: [], trailing: []), wakeUp: wakeUp)
        parameters.settle()
        let collector = try Collector(
            settings: settings, spool: Spool(at: FilePath(scratch("spool")), purpose: "test", sinks: [sink.name]),
            delivery: delivery,
            wakeUp: wakeUp, notices: notices, validator: EventValidator(),
            parameters: parameters, identity: ServiceStatus.Process(),
            requests: CollectorRequests(wakeUp: wakeUp), signals: nil)
        let ending = try collector.run(.onePass, observer: .init())
        delivery.stop()
        return (ending, collector.tally)
    }
}

extension Directory {
    /// Makes a file that holds `text`.
    func write(_ text: String, to name: FileName) throws {
        try openForWriting(name, .new).writeAll(Array(text.utf8))
    }
}

/// An event file of one event.
let oneEvent = """
    {"Version":"1.0","Timestamp":"2024-11-01T14:48:31Z","TaskName":"t","EventLevel":"Error","Message":"m",\
    "EventPid":"1","EventTid":"2","OperationId":"o"}
    """
