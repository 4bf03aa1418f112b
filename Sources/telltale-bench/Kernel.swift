internal import CLinux
internal import Glibc
internal import SystemCalls
internal import SystemPackage

/// The bench's own calls of C: starting and ending programs, pipes, the notification socket, sleeping to an instant.
///
/// Everything else goes through `SystemCalls`.
enum Kernel {
    // MARK: Programs

    /// What a program is started with.
    struct Launch {
        let program: FilePath
        let arguments: [String]
        /// `NAME=value`; nothing is inherited.
        let environment: [String]
        /// Nil for none.
        let input: CInt?
        let output: CInt
        let errors: CInt
    }

    /// How a program ended, and what it used.
    struct Ending {
        /// Nil when a signal ended it.
        let exitCode: CInt?
        /// In seconds, of all its threads.
        let userTime: Double
        let systemTime: Double
    }

    /// Starts a program with default signals and only the three standard descriptors: posix_spawn(3).
    static func start(_ launch: Launch) throws(Errno) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input = launch.input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_adddup2(&actions, launch.output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, launch.errors, STDERR_FILENO)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var ignored = sigset_t()
        sigemptyset(&ignored)
        sigaddset(&ignored, SIGPIPE)
        posix_spawnattr_setsigdefault(&attributes, &ignored)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
        let arguments = CStrings([launch.program.string] + launch.arguments)
        let environment = CStrings(launch.environment)
        var process: pid_t = 0
        let code = launch.program.withPlatformString {
            posix_spawn(&process, $0, &actions, &attributes, arguments.pointers, environment.pointers)
        }
        guard code == 0 else { throw Errno(rawValue: code) }
        return process
    }

    /// The null-terminated list of C strings that exec wants.
    private final class CStrings {
        let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
        private let count: Int

        init(_ texts: [String]) {
            count = texts.count
            pointers = .allocate(capacity: count + 1)
            for (index, text) in texts.enumerated() { (pointers + index).initialize(to: strdup(text)) }
            (pointers + count).initialize(to: nil)
        }

        deinit {
            for index in 0..<count { free(pointers[index]) }
            pointers.deallocate()
        }
    }

    /// Signals that the bench sends.
    enum Signal {
        case terminate
        case kill
    }

    static func send(_ signal: Signal, to process: pid_t) {
        // ESRCH: it has ended already.
        _ = kill(process, signal == .kill ? SIGKILL : SIGTERM)
    }

    /// Takes the ending of a program that has ended; nil while it runs: wait4(2).
    static func ending(of process: pid_t) throws(Errno) -> Ending? {
        var status: CInt = 0
        var usage = rusage()
        guard try retryingInterrupts({ wait4(process, &status, WNOHANG, &usage) }) != 0 else { return nil }
        return Ending(
            exitCode: status & 0x7f == 0 ? (status >> 8) & 0xff : nil,
            userTime: seconds(usage.ru_utime), systemTime: seconds(usage.ru_stime))
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }

    /// The file that this process was started from: readlink(2).
    static func ownProgram() throws(Errno) -> FilePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = try retryingInterrupts { readlink("/proc/self/exe", &buffer, buffer.count - 1) }
        return FilePath(String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    static func isExecutable(_ path: FilePath) -> Bool {
        path.withPlatformString { access($0, X_OK) } == 0
    }

    /// Ends this process at once, without unwinding: _exit(2).
    static func exit(_ code: CInt) -> Never {
        _exit(code)
    }

    // MARK: Descriptors

    /// A pipe whose ends no program inherits by itself: pipe(2).
    ///
    /// Only one thread of the bench starts programs, so that nothing can be inherited in between.
    static func pipe() throws(Errno) -> Pipe {
        var ends: [CInt] = [0, 0]
        try retryingInterrupts { Glibc.pipe(&ends) }
        let made = Pipe(reading: OwnedDescriptor(owning: ends[0]), writing: OwnedDescriptor(owning: ends[1]))
        for end in ends { try retryingInterrupts { clinux_fcntl(end, F_SETFD, Int(FD_CLOEXEC)) } }
        return made
    }

    /// Both ends of a pipe.
    struct Pipe: ~Copyable {
        let reading: OwnedDescriptor
        let writing: OwnedDescriptor
    }

    /// A datagram socket at a path, for sd_notify(3).
    static func datagramSocket(at path: FilePath) throws(Errno) -> OwnedDescriptor {
        let kind = CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let socket = OwnedDescriptor(owning: try retryingInterrupts { Glibc.socket(AF_UNIX, kind, 0) })
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.string.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { throw Errno.fileNameTooLong }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        try withUnsafePointer(to: &address) { pointer throws(Errno) in
            _ = try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address throws(Errno) in
                try retryingInterrupts { bind(socket.rawValue, address, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            }
        }
        return socket
    }

    /// Whether a descriptor becomes readable before an instant of the monotonic clock: poll(2).
    static func isReadable(_ descriptor: borrowing OwnedDescriptor, until deadline: UInt64) throws(Errno) -> Bool {
        while true {
            let now = Clocks.monotonicNanoseconds()
            guard now < deadline else { return false }
            var question = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
            let milliseconds = CInt(clamping: (deadline - now + 999_999) / 1_000_000)
            if try retryingInterrupts({ poll(&question, 1, milliseconds) }) > 0 { return true }
        }
    }

    // MARK: Time

    /// How long the processor has worked for this thread: CLOCK_THREAD_CPUTIME_ID.
    static func processorNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Lets this thread run before all that have no such order, where the kernel allows it: sched_setscheduler(2), SCHED_FIFO.
    static func precedeOthers() {
        var parameters = sched_param()
        parameters.sched_priority = 1
        _ = sched_setscheduler(0, SCHED_FIFO, &parameters)
    }

    /// Sleeps until an instant of the monotonic clock: clock_nanosleep(2).
    static func sleep(until instant: UInt64) {
        var time = timespec(tv_sec: Int(instant / 1_000_000_000), tv_nsec: Int(instant % 1_000_000_000))
        while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }
}
