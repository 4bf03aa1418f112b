import Foundation
import ProgramTestKit
import Testing

/// The lines of the check that are no `ok`.
private func complaints(_ process: TelltaleProcess) -> [String] {
    process.output.filter { $0.hasPrefix("  advice  ") || $0.hasPrefix("  fault  ") }
}

/// All paths below a directory with what the kernel says of each, so that any change shows.
private func everything(below path: String) -> [String] {
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return (names + ["."]).sorted().map { name in
        var status = stat()
        lstat("\(path)/\(name)", &status)
        return
            "\(name) \(status.st_ino) \(status.st_mode) \(status.st_size) \(status.st_mtim.tv_nsec) \(status.st_ctim.tv_nsec)"
    }
}

@Test func aCheckOfWhatWouldWorkEndsWellAndChangesNothing() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    try publisher.publish("1.json", EventPublisher.event("unread"))
    let before = everything(below: service.scratch.path)
    let process = try TelltaleProcess(service.arguments("check", ["--report", service.scratch("report.json")]))
    #expect(try process.waitForExit() == 0)
    #expect(complaints(process) == [])
    #expect(process.output.last == "All is well.")
    #expect(process.errors == "")
    #expect(
        process.output.contains {
            $0.hasSuffix("\(publisher.directory): readable, writable, watchable; claims by rename")
        }, "\(process.output)")
    #expect(process.output.contains { $0.contains("\(service.spool) does not exist yet; it will be made in") })
    #expect(everything(below: service.scratch.path) == before)
}

@Test func aCheckBesideAServiceSaysWhoWorksAndDisturbsNobody() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let (telltale, _) = try service.start()
    for _ in 0..<20 {
        let process = try TelltaleProcess(service.arguments("check"))
        #expect(try process.waitForExit() == 0)
        let holder = "\(service.spool) is in use by process \(telltale.processIdentifier) (telltale run)"
        #expect(process.output.contains { $0.contains(holder) }, "\(process.output)")
    }
    try publisher.publish("1.json", EventPublisher.event("still at work"))
    #expect(telltale.waitForMessage("still at work"))
    #expect(try telltale.stop() == 0)
    // Its spool is still there, and free.
    let process = try TelltaleProcess(service.arguments("check"))
    #expect(try process.waitForExit() == 0)
    #expect(!process.output.contains { $0.contains("in use by process") })
}

@Test(.needsTwoMounts)
func aSpoolOnAnotherMountIsAdvice() throws {
    let memory = try ScratchDirectory(in: "/dev/shm")
    let service = try TestedService()
    _ = try service.publisher("Handler")
    let process = try TelltaleProcess(service.arguments("check", ["--spool-dir", memory("spool")]))
    #expect(try process.waitForExit() == 0)
    #expect(process.output.contains { $0.hasSuffix("claims by copy") })
    #expect(complaints(process).count == 1)
    #expect(complaints(process).first?.contains("the spool is on another mount") == true)
}

/// A bind mount of one file system onto itself: the device is the same, and a rename answers EXDEV all the same.
@Test(.enabled("no mount namespace can be made here") { OtherCommand.succeeds(["unshare", "-rm", "true"]) })
func anotherMountOfTheSameFileSystemIsAnotherMount() throws {
    let service = try TestedService()
    _ = try service.publisher("Handler")
    try FileManager.default.createDirectory(atPath: service.spool, withIntermediateDirectories: true)
    let wrapper = ["unshare", "-rm", "sh", "-c", "mount --bind \"$0\" \"$0\" && exec \"$@\"", service.spool]
    let process = try TelltaleProcess(service.arguments("check"), wrapper: wrapper)
    #expect(try process.waitForExit() == 0)
    #expect(process.output.contains { $0.hasSuffix("claims by copy") }, "\(process.output)")
    // The collector finds the same.
    try service.publisher("Handler").publish("1.json", EventPublisher.event("copied"))
    let collected = try TelltaleProcess(service.arguments("collect"), wrapper: wrapper)
    #expect(try collected.waitForExit() == 0)
    #expect(try collected.messages() == ["copied"])
}

@Test(.enabled(if: getuid() == 0, "only root can become another user"))
func whatAUserMayNotDoIsAFaultThatNamesTheUser() throws {
    let service = try TestedService()
    let publisher = try service.publisher("Handler")
    let closed = try service.publisher("Closed")
    chmod(closed.directory, 0o700)
    chmod(service.scratch.path, 0o755)
    let process = try TelltaleProcess(
        service.arguments("check"), wrapper: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"])
    #expect(try process.waitForExit() == 1)
    let faults = complaints(process)
    #expect(faults.count == 3, "\(faults)")
    #expect(
        faults.contains {
            $0.contains("\(publisher.directory): files cannot be moved out by user 65534 (Permission denied)")
        })
    #expect(faults.contains { $0.contains("\(closed.directory) cannot be read by user 65534 (Permission denied)") })
    #expect(faults.contains { $0.contains("user 65534 cannot make it in \(service.scratch.path)") })
    #expect(process.output.last == "Not all would work. Faults: 3.")
}

@Test func outputsThatCannotBeUsedAreFaults() throws {
    let service = try TestedService(["--agent-events", "off"])
    let metadata = service.scratch("vm.json")
    try "{\"VMId\": [1]}".write(toFile: metadata, atomically: true, encoding: .utf8)
    let options = [
        "--ndjson", service.scratch("none/events"), "--report", service.scratch.path, "--vm-metadata", metadata,
    ]
    let process = try TelltaleProcess(service.arguments("check", options))
    #expect(try process.waitForExit() == 1)
    let faults = complaints(process)
    #expect(faults.count == 3, "\(faults)")
    #expect(
        faults.contains { $0.contains("\(service.scratch("none/events")) cannot be used: No such file or directory") })
    #expect(faults.contains { $0.contains("\(service.scratch.path) cannot be used: it is a directory") })
    #expect(faults.contains { $0.contains("\(metadata) cannot be used") && $0.contains("line 1, column 10") })
}

@Test func aRootThatIsAFileIsAFault() throws {
    let service = try TestedService()
    let file = service.scratch("file")
    try "".write(toFile: file, atomically: true, encoding: .utf8)
    let process = try TelltaleProcess(service.arguments("check", ["--extension-log-dir", file]))
    #expect(try process.waitForExit() == 1)
    #expect(complaints(process).count == 1)
    #expect(complaints(process).first?.contains("\(file) is a regular file and no directory") == true)
}

@Test(
    .enabled("no user namespace can be made here") {
        OtherCommand.succeeds(["unshare", "-Ur", "sh", "-c", "echo 1 > /proc/sys/user/max_inotify_watches"])
    })
func whatCannotBeWatchedIsAdviceForItWouldBePolled() throws {
    let service = try TestedService()
    _ = try service.publisher("Handler")
    for (limit, words) in [("watches", "the kernel gives no watch"), ("instances", "the kernel gives no instance")] {
        let process = try TelltaleProcess(
            service.arguments("check"),
            wrapper: [
                "unshare", "-Ur", "sh", "-c", "echo 0 > /proc/sys/user/max_inotify_\(limit) && exec \"$@\"", "sh",
            ])
        #expect(try process.waitForExit() == 0)
        #expect(complaints(process).contains { $0.contains(words) }, "\(process.output)")
    }
}

@Test func theWatchesOfThisUserAreCounted() throws {
    let service = try TestedService()
    for number in 0..<50 { _ = try service.publisher("Handler\(number)") }
    let (telltale, _) = try service.start()
    let watches = try KernelView(of: telltale.processIdentifier).inotifyMasks().count
    let process = try TelltaleProcess(service.arguments("check"))
    #expect(try process.waitForExit() == 0)
    let line = try #require(process.output.first { $0.contains("inotify watches") })
    let used = try #require(
        line.firstMatch(of: try Regex("([0-9]+) of [0-9]+ in use", as: (Substring, Substring).self)))
    // Other processes of this user may have some too.
    #expect(try #require(Int(used.1)) >= watches)
    #expect(watches >= 101)
    #expect(try telltale.stop() == 0)
}

@Test func whatAPublisherPutInTheWayIsToldAndItsNameCommandsNoTerminal() throws {
    let service = try TestedService()
    let handler = "\(service.logRoot)/Link\u{1B}[31m"
    try FileManager.default.createDirectory(atPath: handler, withIntermediateDirectories: true)
    try DirectoryCalls.makeSymbolicLink("\(handler)/events", to: "/etc")
    try "".write(toFile: "\(service.logRoot)/file", atomically: true, encoding: .utf8)
    try DirectoryCalls.makeSymbolicLink("\(service.logRoot)/link", to: "/")
    let process = try TelltaleProcess(service.arguments("check"))
    #expect(try process.waitForExit() == 0)
    #expect(
        process.output.contains { $0.hasSuffix("\(service.logRoot): readable, watchable; extensions: 1") },
        "\(process.output)")
    #expect(complaints(process).count == 1)
    #expect(
        complaints(process).first?.contains("Link\u{FFFD}[31m/events is a symbolic link and is passed over") == true)
}

@Test(.enabled(if: getuid() == 0, "only root can become another user"))
func aSpoolWhoseFilesBelongToAnotherIsAFault() throws {
    let service = try TestedService()
    let (telltale, _) = try service.start()
    #expect(try telltale.stop() == 0)
    chmod(service.scratch.path, 0o755)
    chmod(service.spool, 0o777)
    let user = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    let process = try TelltaleProcess(service.arguments("check"), wrapper: user)
    #expect(try process.waitForExit() == 1)
    #expect(
        complaints(process).contains {
            $0.contains("\(service.spool) cannot be written by user 65534 (Permission denied)")
        },
        "\(process.output)")
    // As the collector would find.
    let collected = try TelltaleProcess(service.arguments("collect"), wrapper: user)
    #expect(try collected.waitForExit() == 73)
}
