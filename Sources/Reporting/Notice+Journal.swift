extension Notice {
    /// The priorities of syslog(3), as far as notices use them.
    package enum Priority: Int, Sendable {
        case error = 3
        case warning = 4
        case notice = 5
        case information = 6
    }
}

extension Notice.Kind {
    /// The fixed MESSAGE_ID, which the catalogue explains.
    package var messageID: String {
        switch self {
        case .started: "0aa58fc58b5ea9c3b4e3f1632976407e"
        case .reloaded: "a14987e182e5cc5165c5ccb36c9fe369"
        case .reloadRefused: "44a6ca03a1cd7c66ba51166f0b8c4d6c"
        case .failed: "a9fdf8029fea8ac00c669ddb3221911c"
        case .settingIgnored: "3d767aba25b2ea5b79fc6ba3bb1bec89"
        case .stopping: "5f9e53c1a9f8c97bb26fe37daff87fd8"
        case .filesLeft: "ce66eb1ed98093bf3d74e8f003a53064"
        case .collected: "329a75a6c0a8dbaac5c91b4a7d1b59b8"
        case .fileRejected: "f1af3407ca6ed3945add7f1d4ffb9c9a"
        case .eventsRejected: "ec395213bee093581fa755b18f2862e5"
        case .capReached: "8f82108e872aee4fd6a00669f139372e"
        case .eventRefused: "e590dfb267b2908d8521227a5ffabaec"
        case .fileSkipped: "b4481c8c2a4f0ba658f936a59ee6186f"
        case .notARegularFile: "3be84628602820f257ddde4dc0e92700"
        case .residueRemoved: "cbb9f37f01ffa6c7741038abc3b0b20f"
        case .residueStays: "cfd492a977d0180ca89c5492de790b63"
        case .watchTrouble: "2bf7fbc6f82d504eb84fd68da9ab085d"
        case .watchesExhausted: "eb12d207ea174de1a9724e58fe25e882"
        case .watchesRestored: "a1a7a8e44c555dc96f9ea429f26fce4c"
        case .rescanned: "b66a49e413f538cd457fee244f4ebe7e"
        case .sinkFailing: "e570226f3f322257399cccd34f3f59b9"
        case .sinkThrottled: "2c66fab9f7be4e058dae0f3bc86e6c61"
        case .sinkRecovered: "999ccecf52cd173a6ae246c8c8a8e033"
        case .sinkClosed: "e9f053e1ee2c68514826dec46113f5fa"
        case .spoolTrouble: "77f2bcfa1a5759843289a2c75e795f84"
        case .spoolFull: "8decf05598f1427387b9b8218aba8450"
        case .metadataAbsent: "0b96e4961aa3d94ace882dfb952c8f58"
        case .metadataFailing: "a2b21f43069fb38fccdb8e4eda02478f"
        case .metadataRecovered: "aa55be938c71f977685ccb66404ca182"
        case .controlSocketTrouble: "2f8f854dd8b0a41cda7fe7522547d1ea"
        case .metricsFileTrouble: "d7ffcdf5d00cfc1b1769553e7d02c0b2"
        }
    }

    /// How urgent it is.
    package var priority: Notice.Priority {
        switch self {
        case .started, .stopping, .collected, .residueRemoved, .rescanned, .sinkThrottled, .metadataAbsent: .information
        case .reloaded, .sinkRecovered, .watchesRestored, .metadataRecovered: .notice
        case .settingIgnored, .fileRejected, .eventsRejected, .capReached, .fileSkipped, .notARegularFile,
            .watchesExhausted, .residueStays, .filesLeft, .eventRefused, .watchTrouble, .sinkFailing, .metadataFailing,
            .controlSocketTrouble, .metricsFileTrouble:
            .warning
        case .failed, .reloadRefused, .sinkClosed, .spoolTrouble, .spoolFull: .error
        }
    }

    /// What became of the events or files that it counts, so that one match finds all that went one way; nil where it is
    /// not about any.
    var outcome: String? {
        switch self {
        case .collected: "accepted"
        case .eventsRejected, .fileRejected, .fileSkipped, .notARegularFile: "rejected"
        case .capReached: "overCap"
        case .eventRefused: "refused"
        case .spoolFull: "evicted"
        default: nil
        }
    }
}
