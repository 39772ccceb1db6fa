/// A path pattern. It is anchored: `DEVLOG.md` is that file at the top and nowhere else.
///
/// - `*` is any run of characters within one component, `?` one character, `[…]` is not special;
/// - `**` as a component is any number of components, none included; at the end, one at least;
/// - a `/` at the start changes nothing, one at the end means everything below;
/// - ASCII letters match without regard to case if asked so.
package struct Glob: Sendable {
    let components: [[UInt8]]
    private let foldsCase: Bool

    package init(_ pattern: String, foldingCase: Bool) {
        foldsCase = foldingCase
        let bytes = foldingCase ? asciiLower(pattern.utf8) : Array(pattern.utf8)
        var components = bytes.split(separator: UInt8(ascii: "/")).map(Array.init)
        if bytes.last == UInt8(ascii: "/") { components.append(Self.anyDepth) }
        // No path is that deep; the state below has a bit for each.
        self.components = components.count < 64 ? components : []
    }

    static let anyDepth = Array("**".utf8)

    /// Where in the pattern a path may stand after its components so far, a bit for each place; 0 where nothing at or
    /// below it can match.
    package typealias State = UInt64

    package var start: State { components.isEmpty ? 0 : close(1) }

    /// The state after one more component.
    package func advance(_ state: State, over name: UnsafeBufferPointer<UInt8>) -> State {
        var next: State = 0
        for position in components.indices where state & (1 << position) != 0 {
            if components[position] == Self.anyDepth {
                next |= 1 << position
                if position == components.count - 1 { next |= 2 << position }
            } else if matches(components[position], name) {
                next |= 2 << position
            }
        }
        return next == 0 ? 0 : close(next)
    }

    /// Whether the components so far are a whole match.
    package func accepts(_ state: State) -> Bool {
        state != 0 && state & (1 << components.count) != 0
    }

    package func matches(path: String) -> Bool {
        var state = start
        for name in path.utf8.split(separator: UInt8(ascii: "/")) {
            state = Array(name).withUnsafeBufferPointer { advance(state, over: $0) }
            if state == 0 { return false }
        }
        return accepts(state)
    }

    /// `**` in the middle may stand for no component at all.
    private func close(_ state: State) -> State {
        var state = state
        for position in components.indices.dropLast()
        where state & (1 << position) != 0 && components[position] == Self.anyDepth {
            state |= 2 << position
        }
        return state
    }

    /// Wildcards within one component: greedy, with a return to the last star, so linear in practice and never
    /// exponential.
    private func matches(_ pattern: [UInt8], _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        var index = 0
        var star: (pattern: Int, name: Int)?
        if let first = pattern.first, first != UInt8(ascii: "*"), first != UInt8(ascii: "?") {
            // Most names fail here, and most time goes here.
            guard name.count > 0, first == (foldsCase ? asciiLower(name[0]) : name[0]) else { return false }
        }
        while index < name.count {
            let byte = foldsCase ? asciiLower(name[index]) : name[index]
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, index)
                at += 1
            } else if at < pattern.count, pattern[at] == byte || pattern[at] == UInt8(ascii: "?") {
                at += 1
                index += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                at = last.pattern + 1
                index = last.name + 1
            } else {
                return false
            }
        }
        while at < pattern.count, pattern[at] == UInt8(ascii: "*") { at += 1 }
        return at == pattern.count
    }
}
