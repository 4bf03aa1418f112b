// swift-tools-version: 6.2
import Glibc
import PackageDescription

/// The settings of every Swift target of the package.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Tests of the whole program use Foundation in every file; spelling out each import's access would say nothing there.
let inTests: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// Relocations in a form that takes a fiftieth of the room, all of which stays resident: 2.4 MB.
///
/// The loader has to know it,
/// which that of glibc 2.36 and later does; the program needs no newer glibc than that of the machine where it is built anyway.
let packedRelocations: [String] = {
    var text = [CChar](repeating: 0, count: 64)
    // `glibc 2.36`
    confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count)
    let name = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let version = name.split { !$0.isNumber }.compactMap { Int($0) }
    return version.lexicographicallyPrecedes([2, 36]) ? [] : ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"]
}()

/// A release binary carries the Swift runtime, so that it runs on a machine without Swift.
///
/// The two libraries are what FoundationEssentials (which ArgumentParser uses) needs beside itself when it is linked
/// statically. Swift's own lld links: gold warns of a function of Foundation's that we do not call, and newer
/// distributions have it in a package of its own.
let carriesTheRuntime: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-use-ld=lld", "-l_FoundationCShims", "-l_FoundationCollections", "-Xlinker",
            "--gc-sections",
        ] + packedRelocations,
        .when(configuration: .release))
]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let eventLoop: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let eventLoopThread: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let http1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let tlsEvents: Target.Dependency = .product(name: "NIOTLS", package: "swift-nio")

let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

let package = Package(
    name: "telltale",
    products: [
        .executable(name: "telltale", targets: ["telltale"]),
        // For tests, which start the program with it in LD_PRELOAD.
        .library(name: "FaultyKernel", type: .dynamic, targets: ["FaultyKernel"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // Its traits add streams and field masks, which OTLP has no use for.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CInotify", path: "CInotify"),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "SystemCalls", dependencies: ["CLinux", system], swiftSettings: strict),
        .target(name: "Inotify", dependencies: ["CInotify", "SystemCalls", system], swiftSettings: strict),
        .target(name: "Systemd", dependencies: ["CSystemd", "SystemCalls", system], swiftSettings: strict),
        .target(name: "TelemetryEvents", dependencies: ["CExpat"], swiftSettings: strict),
        .target(
            name: "HTTP",
            dependencies: ["CZlib", "SystemCalls", eventLoop, eventLoopThread, http1, system, tls, tlsEvents],
            swiftSettings: strict),
        // Generated code only: packaging/generate-otlp.
        .target(name: "OpenTelemetryProtocol", dependencies: [protobuf], swiftSettings: strict),
        .target(name: "RateLimiting", dependencies: ["TelemetryEvents"], swiftSettings: strict),
        .target(name: "Configuration", dependencies: ["RateLimiting", system], swiftSettings: strict),
        .target(
            name: "Reporting", dependencies: ["Configuration", "SystemCalls", "Systemd", "TelemetryEvents", system],
            swiftSettings: strict),
        .target(
            name: "Delivery",
            dependencies: [
                "HTTP", "OpenTelemetryProtocol", "RateLimiting", "Reporting", "SystemCalls", "Systemd",
                "TelemetryEvents", protobuf, system,
            ],
            swiftSettings: strict),
        .target(
            name: "Collection",
            dependencies: [
                "Configuration", "Delivery", "Inotify", "RateLimiting", "Reporting", "SystemCalls", "TelemetryEvents",
                system,
            ],
            swiftSettings: strict),
        .target(
            name: "Control", dependencies: ["HTTP", "Reporting", "SystemCalls", system], swiftSettings: strict),
        .target(
            name: "VirtualMachine",
            dependencies: [
                "Configuration", "HTTP", "RateLimiting", "Reporting", "SystemCalls", "TelemetryEvents", system,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "telltale",
            dependencies: [
                "Collection", "Configuration", "Control", "Delivery", "HTTP", "RateLimiting", "Reporting",
                "SystemCalls", "Systemd", "TelemetryEvents", "VirtualMachine", arguments, system,
            ],
            swiftSettings: strict, linkerSettings: carriesTheRuntime),
        // The system calls that no collector can do without, in C: what the bench measures Telltale against.
        .executableTarget(name: "telltale-floor"),
        .executableTarget(
            name: "telltale-bench",
            dependencies: ["Collection", "SystemCalls", "Systemd", "TelemetryEvents", arguments, system],
            swiftSettings: strict, linkerSettings: carriesTheRuntime),
        .testTarget(
            name: "SystemdTests", dependencies: ["ProgramTestKit", "SystemCalls", "Systemd", system],
            swiftSettings: strict),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "Configuration", "ProgramTestKit", "Reporting", "SystemCalls", "Systemd", "TelemetryEvents", system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DeliveryTests",
            dependencies: [
                "Delivery", "HTTP", "ProgramTestKit", "RateLimiting", "Reporting", "SystemCalls", "Systemd",
                "TelemetryEvents", system,
            ],
            swiftSettings: strict),
        .target(
            name: "DecoderProperties", dependencies: ["TelemetryEvents"], path: "Tests/DecoderProperties",
            swiftSettings: strict),
        .testTarget(
            name: "TelemetryEventsTests", dependencies: ["DecoderProperties", "ProgramTestKit", "TelemetryEvents"],
            swiftSettings: strict),
        .target(name: "FaultyKernel", path: "Tests/FaultyKernel"),
        .target(name: "ProgramTestKit", path: "Tests/ProgramTestKit", swiftSettings: inTests),
        .testTarget(
            name: "ProgramTests", dependencies: ["ProgramTestKit"], swiftSettings: inTests),
        .testTarget(
            name: "SystemCallsTests", dependencies: ["ProgramTestKit", "SystemCalls", system], swiftSettings: strict),
        .testTarget(
            name: "InotifyTests", dependencies: ["Inotify", "ProgramTestKit", "SystemCalls", system],
            swiftSettings: strict),
        .testTarget(
            name: "VirtualMachineTests",
            dependencies: [
                "Configuration", "HTTP", "ProgramTestKit", "Reporting", "SystemCalls", "TelemetryEvents",
                "VirtualMachine", system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HTTPTests", dependencies: ["HTTP", "ProgramTestKit", "SystemCalls", system], swiftSettings: strict),
        .testTarget(
            name: "RateLimitingTests", dependencies: ["ProgramTestKit", "RateLimiting", "TelemetryEvents"],
            swiftSettings: strict),
        .testTarget(
            name: "ConfigurationTests", dependencies: ["Configuration"], swiftSettings: strict),
        .testTarget(
            name: "CollectionTests",
            dependencies: [
                "Collection", "Configuration", "Delivery", "HTTP", "Inotify", "ProgramTestKit", "RateLimiting",
                "Reporting",
                "SystemCalls", "TelemetryEvents", system,
            ],
            swiftSettings: strict),
    ]
)

/// What `packaging/fuzz` builds, with libFuzzer, which no other build has.
if Context.environment["TELLTALE_FUZZER"] != nil {
    package.targets.append(
        .executableTarget(
            name: "decoder-fuzzer", dependencies: ["DecoderProperties"], path: "Tests/DecoderFuzzer",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]))
}
