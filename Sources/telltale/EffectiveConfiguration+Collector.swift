internal import Collection
internal import Configuration
internal import RateLimiting
internal import SystemPackage
internal import VirtualMachine

extension EffectiveConfiguration {
    /// What the collector is told.
    var collectorSettings: CollectorSettings {
        let second: UInt64 = 1_000_000_000
        let millisecond: UInt64 = 1_000_000
        var settings = CollectorSettings()
        settings.extensionLog = extensionLog.map { FilePath($0) }
        settings.agentEvents = agentEvents.map { FilePath($0) }
        settings.limit = RateLimit(cap: number(.cap), period: UInt64(number(.period)) * second)
        settings.overCap = choice(.overCap, as: OverCap.self)
        settings.debounce.quietWindow = UInt64(number(.quietWindow)) * millisecond
        settings.debounce.maximumDelay = UInt64(number(.maxDelay)) * millisecond
        settings.residueAge = UInt64(number(.residueAge)) * second
        settings.spool.bytes = number(.spoolLimit) << 20
        settings.spool.files = number(.spoolFiles)
        settings.spool.age = UInt64(number(.spoolAge)) * second
        settings.rejected.bytes = number(.rejectedLimit) << 20
        settings.rescanInterval = UInt64(number(.period)) * second
        settings.parameterGrace = UInt64(number(.metadataGrace)) * millisecond
        return settings
    }

    /// Where the virtual machine's metadata is fetched.
    var metadataSettings: MetadataFetcher.Settings {
        MetadataFetcher.Settings(
            wireServer: endpoint(.wireserverEndpoint), instanceMetadata: endpoint(.instanceMetadataEndpoint))
    }
}
