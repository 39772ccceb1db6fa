import Foundation
package import RhythmCore

extension Zone {
    /// The machine's zone.
    package static var system: Zone { Zone(.current) }

    /// A zone of the IANA database; nil when it has none of that name.
    package init?(iana name: String) {
        // Foundation also takes abbreviations and offsets here, which are no places.
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else { return nil }
        self.init(zone)
    }

    private init(_ zone: TimeZone) {
        self.init(name: zone.identifier) { instant in
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(instant.seconds)))
        }
    }
}

extension Timestamp {
    /// The wall clock.
    package static var now: Timestamp { Timestamp(Int64(time(nil))) }
}
