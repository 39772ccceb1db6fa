/// An instant: whole seconds since 1970-01-01T00:00:00Z, negative before.
package struct Timestamp: Hashable, Sendable, Comparable, Codable {
    package var seconds: Int64

    package init(_ seconds: Int64) {
        self.seconds = seconds
    }

    package init(from decoder: any Decoder) throws {
        seconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(seconds)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.seconds < right.seconds
    }

    package static func + (left: Self, seconds: Int64) -> Self {
        Timestamp(left.seconds + seconds)
    }

    package static func - (left: Self, right: Self) -> Int64 {
        left.seconds - right.seconds
    }
}
