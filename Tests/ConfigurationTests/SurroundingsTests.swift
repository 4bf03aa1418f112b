import Configuration
import Testing

/// A directory that is well, in mount 1 unless another is asked for.
private func directory(
    _ inode: UInt64, mount: UInt64? = 1, device: UInt64 = 1, notWritable: String? = nil, notWatchable: String? = nil
) -> Surroundings.State {
    .there(
        .init(device: device, inode: inode, mount: mount, notWritable: notWritable, notWatchable: notWatchable))
}

private func logRoot(
    _ state: Surroundings.State = directory(1), events: [Surroundings.State] = [directory(2)], leftOut: Int = 0
) -> Surroundings.LogRoot {
    let extensions = events.enumerated().map {
        Surroundings.Extension(name: "\($0)", events: .init(path: "/log/\($0)/events", state: $1))
    }
    return .init(
        place: .init(path: "/log", state: state), extensions: extensions, leftOut: leftOut,
        handlerCount: events.count + leftOut)
}

/// Surroundings in which all is well; a test changes what it is about.
private func surroundings() -> Surroundings {
    Surroundings(
        user: 7, logRoot: logRoot(), agentEvents: nil, spool: .init(path: "/spool", state: directory(3)),
        holder: .nobody,
        watching: .init(
            watches: .init(limit: 100, used: 10), instances: .init(limit: 5, used: 1), queuedEvents: 16_384,
            isComplete: true, noInstance: nil),
        openFileLimit: 1024, noJournal: nil, files: [], unit: nil)
}

private func findings(_ change: (inout Surroundings) -> Void) -> [Finding] {
    var changed = surroundings()
    change(&changed)
    return changed.findings(for: EffectiveConfiguration(layers: []))
}

/// What is no `ok`, each as one line.
private func complaints(_ change: (inout Surroundings) -> Void) -> [String] {
    findings(change).filter { $0.grade != .ok }.map { "\($0.grade.rawValue) \($0.subject): \($0.text)" }
}

@Test func whatIsWellIsToldAsWell() {
    #expect(
        findings { _ in }.map { "\($0.grade.rawValue) \($0.subject): \($0.text)" } == [
            "ok log root: /log: readable, watchable; extensions: 1",
            "ok extension: /log/0/events: readable, writable, watchable; claims by rename",
            "ok spool: /spool: readable, writable", "ok inotify watches: 10 of 100 in use by this user; 3 needed",
            "ok inotify instances: 1 of 5 in use by this user", "ok inotify queue: 16384 records may wait",
            "ok open files: 1024 are allowed", "ok journald: takes entries",
        ])
}

@Test func whatDoesNotExistYetIsWell() {
    let above = Surroundings.Above(
        path: "/", directory: .init(device: 1, inode: 9, mount: 1, notWritable: nil, notWatchable: nil))
    #expect(
        complaints {
            $0.logRoot = logRoot(.missing(above: nil), events: [])
            $0.agentEvents = .init(path: "/agent", state: .missing(above: nil))
            $0.spool = .init(path: "/spool", state: .missing(above: above))
        } == [])
}

@Test func aSpoolOnAnotherMountIsAdviceAlsoWhereTheDeviceIsTheSame() {
    let advice =
        "advice claims: the spool is on another mount than the publishers' directories: each file is copied instead of "
        + "renamed; name with --spool-dir a directory on the log root's mount"
    #expect(complaints { $0.spool = .init(path: "/spool", state: directory(3, mount: 2)) } == [advice])
    // A kernel that tells no mount leaves the device.
    #expect(complaints { $0.spool = .init(path: "/spool", state: directory(3, mount: nil)) } == [])
    #expect(complaints { $0.spool = .init(path: "/spool", state: directory(3, mount: nil, device: 2)) } == [advice])
    // Before the first extension, the log root tells.
    #expect(
        complaints {
            $0.logRoot = logRoot(events: [])
            $0.spool = .init(path: "/spool", state: directory(3, mount: 2))
        } == [advice])
    #expect(
        complaints { $0.logRoot = logRoot(events: [directory(2), directory(4, mount: 2)]) }.first?.contains(
            "than 1 of 2 publishers' directories") == true)
}

@Test func rightsThatLackAreFaultsThatNameTheUser() {
    let denied = "Permission denied"
    #expect(
        complaints {
            $0.logRoot = logRoot(events: [directory(2, notWritable: denied), .unreachable(reason: denied)])
            $0.spool = .init(path: "/spool", state: directory(3, notWritable: "Read-only file system"))
        } == [
            "fault extension: /log/0/events: files cannot be moved out by user 7 (Permission denied), so nothing can be "
                + "claimed; give this user write access, or run as root",
            "fault extension: /log/1/events cannot be read by user 7 (Permission denied); give this user access, run as root, "
                + "or name another with --extension-log-dir",
            "fault spool: /spool cannot be written by user 7 (Read-only file system); give it to this user, run as root, or "
                + "name another with --spool-dir",
        ])
}

@Test func anotherKindOfFileIsAFaultOfTheSettingAndAdviceAboutAPublisher() {
    #expect(
        complaints {
            $0.logRoot = logRoot(events: [.other(kind: "symbolic link")])
            $0.agentEvents = .init(path: "/agent", state: .other(kind: "FIFO"))
        } == [
            "advice extension: /log/0/events is a symbolic link and is passed over; the extension should make it a directory",
            "fault agent events: /agent is a FIFO and no directory; name a directory with --agent-events-dir",
        ])
}

@Test func aLinkFromEventsToTheSpoolIsAFault() {
    #expect(
        complaints { $0.agentEvents = .init(path: "/agent", state: directory(3)) } == [
            "fault agent events: /agent and the spool /spool are the same directory; the spool needs a directory of its own"
        ])
}

@Test func tooFewWatchesAreAdviceUnlessTheCollectorHasThemAlready() {
    let short: (inout Surroundings) -> Void = {
        $0.watching = .init(
            watches: .init(limit: 12, used: 10), instances: .init(limit: 5, used: 1), queuedEvents: 100,
            isComplete: false, noInstance: nil)
    }
    let queue =
        "advice inotify queue: 100 records may wait; a burst beyond them costs a scan of everything. Set "
        + "fs.inotify.max_queued_events to 16384 or more"
    #expect(
        complaints(short) == [
            "advice inotify watches: at least 10 of 12 in use by this user; 3 needed: what has no watch would be polled. Set "
                + "fs.inotify.max_user_watches to 26 or more",
            queue,
        ])
    #expect(
        complaints {
            short(&$0)
            $0.holder = .process("process 1 (telltale run)")
        } == [queue])
}

@Test func withoutAnInstanceEverythingWouldBePolled() {
    #expect(
        complaints {
            $0.watching = .init(
                watches: .init(limit: 100, used: 10), instances: .init(limit: 5, used: 5), queuedEvents: nil,
                isComplete: true, noInstance: "Too many open files")
        } == [
            "advice inotify: the kernel gives no instance (Too many open files): directories would be polled; raise "
                + "fs.inotify.max_user_instances (5 of 5 in use by this user)"
        ])
}

@Test func anAbsentJournalIsAFaultOnlyForItsSink() {
    #expect(
        complaints { $0.noJournal = "No such file or directory" } == [
            "fault journald: cannot be reached (No such file or directory): events would wait in the spool until it can"
        ])
    var changed = surroundings()
    changed.noJournal = "No such file or directory"
    let configuration = EffectiveConfiguration(layers: [SettingLayer(options: [.ndjson: ["-"]])])
    #expect(changed.findings(for: configuration).allSatisfy { $0.grade == .ok })
}

@Test func ofManyExtensionsTheTroubledComeFirstAndTheRestIsCounted() {
    let well = (0..<500).map { directory(UInt64(100 + $0)) }
    let told = findings {
        $0.logRoot = logRoot(events: well + [directory(2, notWritable: "Permission denied")], leftOut: 9)
    }
    let extensions = told.filter { $0.subject.hasPrefix("extension") }
    #expect(extensions.count == 1 + Surroundings.toldExtensions + 2)
    #expect(extensions.first?.grade == .fault)
    #expect(
        extensions.suffix(2).map(\.text) == [
            "and 480 more of which the same is to be said", "9 more were not looked at",
        ])
}

@Test func whatWasLeftAsideOrDependsOnTheWorkingDirectoryIsAdvice() {
    let configuration = EffectiveConfiguration(layers: [
        SettingLayer(options: [.spoolDir: ["here"]]),
        SettingLayer(environment: [
            ("TELLTALE_REPORT", "report.json"), ("TELLTALE_NDJSON", "-"), ("TELLTALE_CAPS", "1"),
        ]),
    ])
    let advice = surroundings().findings(for: configuration).filter { $0.grade == .advice }
    #expect(
        advice == [
            Finding(.advice, "settings", "TELLTALE_CAPS is no setting; the nearest is TELLTALE_CAP; it is left aside"),
            Finding(
                .advice, "report",
                "report.json begins at the working directory, which a service has elsewhere; write the whole path"),
        ])
}
