import RhythmCore

/// An episode, and why it speaks or keeps quiet.
struct AlertView: Hashable, Sendable {
    var episode: Episode
    var silence: Silence?
    /// The id of the episode that speaks in its place.
    var inhibitor: String?
    var nextNag: Timestamp?

    /// Whether it is heard of at all until something changes.
    var isQuiet: Bool { episode.acknowledgedAt != nil || silence != nil || inhibitor != nil }
}
