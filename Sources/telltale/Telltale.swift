internal import ArgumentParser
internal import Collection

@main
struct Telltale: ParsableCommand {
    /// The version of this program, as packages and the GAVersion parameter have it.
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "telltale",
        abstract:
            "Collects the telemetry events of a virtual machine's extensions and of its agent, and delivers them.",
        discussion: """
            Extensions write event files to <log root>/<extension>/events/<digits>.json. Telltale notices each file \
            the moment it is complete, checks every event in it, and hands the accepted ones to the sinks. A file is \
            removed only when all its events are acknowledged.

            Watch a directory and print events as they arrive:
              telltale run --extension-log-dir /tmp/log --agent-events off \\
                --spool-dir /tmp/spool --ndjson -

            Deliver what is there now, and write what became of it to report.json:
              telltale collect --ndjson events.ndjson --report report.json

            See whether the running service is well, and what it does:
              telltale status

            Check an event file that an extension of yours writes:
              telltale validate 1.json

            Every option is also a key of the configuration file and a variable of the environment: --cap is cap and \
            TELLTALE_CAP. See what holds, where it comes from, and whether it would work:
              telltale check

            Exit status: 0 done, 1 what was looked at has faults, 64 wrong usage, 66 an input cannot be read, \
            69 collect was stopped before it was done, or the service that is asked does not answer, 71 the kernel refused what it needs, 73 the spool or a directory \
            cannot be used, 74 an output failed, 75 another process holds the spool, 77 this user may not do that, \
            78 a wrong setting.
            """,
        version: version,
        subcommands: [
            Run.self, Collect.self, Check.self, Reload.self, Status.self, Metrics.self, Validate.self, Emit.self,
            Rejected.self,
        ])
}

/// The service: works until it is told to stop.
struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch, and deliver each event as it comes, until SIGTERM or SIGINT.",
        discussion: """
            This is what the systemd unit runs (Type=notify). It is ready when every directory is watched and has been \
            scanned once. At SIGTERM it delivers what is in flight and leaves the rest in the spool for the next start. \
            SIGHUP, like telltale reload, reads the configuration again and scans everything.

            Watch a directory of your own and print each event:
              telltale run --extension-log-dir log --agent-events off \\
                --spool-dir spool --ndjson -
            """)

    @OptionGroup var options: CollectionOptions

    func run() throws {
        try CollectorService.run(by: options.reader, mode: .service)
    }
}

/// One pass over what is there.
struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Deliver what is there now, then exit.",
        discussion: """
            It takes what lies in the events directories and what an earlier process left in the spool, and ends when all \
            of it is delivered. Events that are held back by the cap (--over-cap hold) stay in the spool. At SIGTERM or SIGINT \
            it delivers what is in flight, leaves the rest for the next run, and exits with 69.

            Append to a file what lies in a directory of your own, and count it:
              telltale collect --extension-log-dir log --agent-events off \\
                --spool-dir spool --ndjson events.ndjson --report report.json
            """)

    @OptionGroup var options: CollectionOptions

    func run() throws {
        try CollectorService.run(by: options.reader, mode: .onePass)
    }
}
