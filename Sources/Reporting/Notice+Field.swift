package import SystemPackage

extension Notice {
    /// A field of a notice's journal entry, by which `journalctl NAME=value` finds it.
    ///
    /// This is the list of all that a notice may bear beyond what every entry has (``NoticeEntries``). An entry may bear several
    /// of one name. A handler, a file, and an event have the names that they have in the entries of delivered events.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        /// The extension that it is about.
        package static func handler(_ name: String) -> Field { Field(name: "TELLTALE_HANDLER", value: name) }

        /// The event file that it is about: the last of them where there are several.
        package static func file(_ name: String) -> Field { Field(name: "TELLTALE_FILE", value: name) }

        /// The event that it is about: the last of them where there are several.
        package static func event(_ id: String) -> Field { Field(name: "TELLTALE_EVENT_ID", value: id) }

        /// Why events or files were rejected: a code of the contract's, such as `EmptyMessageError`.
        package static func reason(_ code: String) -> Field { Field(name: "TELLTALE_REASON", value: code) }

        /// The sink that it is about.
        package static func sink(_ name: String) -> Field { Field(name: "TELLTALE_SINK", value: name) }

        /// What a sink or a service answered, in words.
        package static func answer(_ words: String) -> Field { Field(name: "TELLTALE_ANSWER", value: words) }

        /// For how long something lasts or lasted, in seconds.
        package static func seconds(_ count: Int64) -> Field { Field(name: "TELLTALE_SECONDS", value: String(count)) }

        /// A service of the platform's.
        package static func service(_ name: String) -> Field { Field(name: "TELLTALE_SERVICE", value: name) }

        /// Where that service is.
        package static func endpoint(_ place: String) -> Field { Field(name: "TELLTALE_ENDPOINT", value: place) }

        /// How many notices were left out that this one stands for.
        static func leftOut(_ count: Int) -> Field { Field(name: "TELLTALE_LEFT_OUT", value: String(count)) }

        /// What is wrong with the configuration, or keeps the service from working, in a sentence.
        package static func fault(_ words: String) -> Field { Field(name: "TELLTALE_FAULT", value: words) }

        /// A configuration file that was read.
        package static func configuration(_ file: String) -> Field {
            Field(name: "TELLTALE_CONFIGURATION", value: file)
        }

        /// What the kernel answered, by the name that systemd's own entries use.
        package static func errorNumber(_ code: Errno) -> Field { Field(name: "ERRNO", value: String(code.rawValue)) }
    }
}
