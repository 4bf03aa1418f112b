internal import Collection
internal import Configuration
internal import Reporting
internal import SystemCalls
internal import SystemPackage
internal import Systemd

/// Reading the configuration again while the service works.
extension CollectorService {
    /// Reads the configuration again, judges it, and tells the service manager and the journal what becomes of it.
    ///
    /// An accepted one takes effect by a new start of the program in the same process, so that there is one way to begin.
    func reload(
        telling notifier: ServiceNotifier, _ notices: NoticeLog, _ accepted: AcceptedReload
    ) -> ReloadOutcome {
        let outcome = judgedConfiguration(accepted)
        let now = Clocks.nanosecondsSinceBoot()
        switch outcome.answer {
        case .accepted:
            _ = try? notifier.reloading(status: "The new configuration takes effect")
            notices.tell(
                Notice(.reloaded, about: "telltale", "The new configuration takes effect: \(outcome.difference)."),
                every: Self.noticePeriod, now: now)
        case .unchanged:
            tellOfNoChange(
                notifier, "The configuration was read again and is what it was; everything is scanned once more")
            notices.tell(
                Notice(.reloaded, about: "telltale", "The configuration was read again and is what it was."),
                every: Self.noticePeriod, now: now)
        case .refused(let reasons):
            tellOfNoChange(notifier, "The new configuration is refused, the old one stays in force: \(reasons[0])")
            notices.tell(
                Notice(
                    .reloadRefused, about: "telltale",
                    "The new configuration is refused, and the old one stays in force: \(reasons.joined(separator: " "))",
                    fields: reasons.map { .fault($0) }),
                every: Self.noticePeriod, now: now)
        }
        return outcome.answer
    }

    /// A reload that changes nothing is told as often as this, in nanoseconds, whoever asks for it how often.
    private static let noticePeriod: UInt64 = 10_000_000_000

    /// A reload has a beginning and an end for the service manager, whatever comes of it.
    private func tellOfNoChange(_ notifier: ServiceNotifier, _ status: String) {
        _ = try? notifier.reloading(status: "Reading the configuration again")
        _ = try? notifier.ready(status: status)
    }

    private func judgedConfiguration(_ accepted: AcceptedReload) -> (answer: ReloadOutcome, difference: String) {
        let reading: ConfigurationReader.Reading
        do throws(ConfigurationReader.Fault) {
            reading = try reader.load()
        } catch {
            return (.refused(error.lines), "")
        }
        let differences = configuration.differences(to: reading.configuration)
        let candidate = CollectorService(reading, by: reader, mode: mode)
        let changed = candidate.namedFiles.filter { $0.value != namedFiles[$0.key] }.keys
        guard !differences.isEmpty || !changed.isEmpty else { return (.unchanged, "") }
        let faults = candidate.faults(inPlaceOf: configuration)
        guard faults.isEmpty else { return (.refused(faults), "") }
        accepted.files = reading.judged
        let reread = changed.map { "the file of \($0.rawValue) has changed" }
        return (.accepted, (differences + reread).joined(separator: ", "))
    }

    /// Why a start with this configuration would fail, as far as that can be found out without disturbing what works.
    private func faults(inPlaceOf present: EffectiveConfiguration) -> [String] {
        var faults: [String] = []
        if FilePath(configuration.spool) != FilePath(present.spool) {
            faults.append(
                "\(Setting.Key.spoolDir.rawValue) is \(configuration.spool), which a reload cannot change: what waits in "
                    + "\(present.spool) would stay behind. Stop the service, move it, and start again.")
        }
        if configuration.text(.controlSocket) != present.text(.controlSocket) {
            faults.append(
                "\(Setting.Key.controlSocket.rawValue) is \(configuration.text(.controlSocket) ?? "not set"), which a reload cannot "
                    + "change: whoever asked waits for its end at \(present.text(.controlSocket) ?? "none"). Restart the service."
            )
        }
        for check in [checkRoots, { try ConfiguredSinks.checkProxy(for: configuration) }] {
            do {
                try check()
            } catch {
                faults.append((error as? ServiceFailure)?.message ?? "\(error)")
            }
        }
        for file in NamedFiles.survey(configuration) {
            if let trouble = file.trouble {
                faults.append("\(file.key.rawValue): \(file.path) cannot be used: \(trouble).")
            }
        }
        return faults
    }
}

/// What was accepted and takes effect with the next start of the program in this process.
final class AcceptedReload {
    var files = JudgedFiles()

    /// Starts the program again; answers what the kernel said where it did not.
    func startAgain(keeping inherited: Set<CInt>) -> Errno {
        do throws(Errno) {
            let judged = try files.leave()
            return Machine.executeAgain(keeping: inherited.union([judged.rawValue]))
        } catch {
            return error
        }
    }
}
