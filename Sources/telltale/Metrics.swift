internal import ArgumentParser
internal import Control

/// Prints the metrics of a running service.
struct Metrics: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print the running service's metrics for Prometheus.",
        discussion: """
            They are in Prometheus' text format, version 0.0.4, as the node exporter's textfile collector reads it; the setting \
            metrics-file lets the service write such a file itself. The same without this program:
              curl --unix-socket /run/telltale/control.sock http://localhost/metrics

            Exit status: 0 done, 64 wrong usage, 69 the service is not running or does not answer, 77 this user may not ask, \
            78 by its configuration the service has no control socket.
            """)

    @OptionGroup var control: ControlOptions

    func run() throws {
        try CommandOutput.print(String(decoding: control.get("/metrics"), as: UTF8.self))
    }
}
