import Foundation
package import RhythmCore

extension Zone {
    /// The machine's zone as it is now: what `TZ` says, else what `/etc/localtime` leads to.
    package static var system: Zone {
        // Foundation finds that out once in the life of a process.
        guard getenv("TZ") == nil, let path = try? FileManager.default.destinationOfSymbolicLink(atPath: localtime),
            let folder = path.range(of: "/zoneinfo/"),
            let zone = TimeZone(identifier: String(path[folder.upperBound...]))
        else { return Zone(.current) }
        return Zone(zone)
    }

    /// A link into the zone database, which is replaced when the machine is given another zone.
    package static let localtime = "/etc/localtime"

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
