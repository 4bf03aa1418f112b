/// What became of the wish to read the configuration again.
package enum ReloadOutcome: Hashable, Sendable {
    /// Nothing that matters is different; everything is scanned once more.
    case unchanged
    /// The new configuration takes effect at once.
    case accepted
    /// It is wrong, for these reasons, and the old one stays in force.
    case refused([String])
}
