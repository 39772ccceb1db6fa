import CCmarkGFM
import Glibc
import Synchronization
package import RhythmCore

/// Why a file gives no roadmap; a sentence for a person.
package struct NoRoadmap: Error, Equatable, CustomStringConvertible {
    package var description: String
}

extension Outline {
    /// Reads GitHub's Markdown. Takes time in step with the length, however deep lists and quotes are nested.
    ///
    /// - Throws: ``NoRoadmap`` where there is neither a title nor a list item.
    package init(markdown bytes: [UInt8]) throws(NoRoadmap) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw NoRoadmap(description: "is UTF-16; a roadmap has to be UTF-8")
        }
        if bytes.contains(0) {
            throw NoRoadmap(description: "is no text: it holds zero bytes, and a roadmap is a Markdown file")
        }
        var reader = OutlineReader(bytes)
        reader.read()
        guard !reader.nodes.isEmpty else {
            throw NoRoadmap(
                description: "holds nothing of a roadmap: neither a heading (# Year 1), nor a line in bold "
                    + "(**Foundations:**), nor a list item (- [ ] Docker basics)")
        }
        self.init(reader.nodes)
    }
}

/// The library's one arena: all of a document is given back at once, which takes a fifth off the time.
private let arena = Mutex(())

private struct OutlineReader {
    private let bytes: [UInt8]
    private let lines: SourceLines
    private(set) var nodes: [Outline.Node] = []
    /// The levels of the headings that are open, each deeper than the one before.
    private var levels: [Int32] = []
    private var isBelowLabel = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lines = SourceLines(bytes)
    }

    mutating func read() {
        arena.withLock { _ in readInArena() }
    }

    private mutating func readInArena() {
        defer { cmark_arena_reset() }
        cmark_gfm_core_extensions_ensure_registered()
        let parser = cmark_parser_new_with_mem(CMARK_OPT_VALIDATE_UTF8, cmark_get_arena_mem_allocator())
        defer { cmark_parser_free(parser) }
        for name in ["tasklist", "strikethrough"] {
            cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name))
        }
        bytes.withUnsafeBytes {
            cmark_parser_feed(parser, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count)
        }
        if let document = cmark_parser_finish(parser) { walk(document) }
    }

    /// Goes through the blocks without calling itself, so that no nesting is too deep.
    private mutating func walk(_ document: OpaquePointer) {
        var lists = 0
        var node = cmark_node_first_child(document)
        while let current = node {
            let kind = cmark_node_get_type(current)
            var goesIn = false
            switch kind {
            case CMARK_NODE_HEADING: heading(current)
            case CMARK_NODE_PARAGRAPH: paragraph(current, lists: lists)
            case CMARK_NODE_LIST:
                lists += 1
                goesIn = true
            case CMARK_NODE_BLOCK_QUOTE, CMARK_NODE_ITEM: goesIn = true
            default: goesIn = isTask(current)
            }
            if goesIn, let child = cmark_node_first_child(current) {
                node = child
                continue
            }
            if kind == CMARK_NODE_LIST { lists -= 1 }
            node = nil
            var done = current
            while node == nil {
                if let next = cmark_node_next(done) {
                    node = next
                } else if let parent = cmark_node_parent(done), parent != document {
                    if cmark_node_get_type(parent) == CMARK_NODE_LIST { lists -= 1 }
                    done = parent
                } else {
                    break
                }
            }
        }
    }

    private func isTask(_ node: OpaquePointer) -> Bool {
        cmark_node_get_type(node) == CMARK_NODE_ITEM && strcmp(cmark_node_get_type_string(node), "tasklist") == 0
    }

    /// That of titles which are below what is open.
    private var depth: Int { levels.count + (isBelowLabel ? 1 : 0) }

    private mutating func heading(_ node: OpaquePointer) {
        let level = cmark_node_get_heading_level(node)
        while let last = levels.last, last >= level { levels.removeLast() }
        isBelowLabel = false
        let text = Inlines(node).lines.map(\.text).joined(separator: " ")
        nodes.append(.init(kind: .heading, depth: levels.count, text: trimmed(text), line: line(of: node)))
        levels.append(level)
    }

    private func line(of node: OpaquePointer) -> Int { Int(cmark_node_get_start_line(node)) }

    private mutating func paragraph(_ node: OpaquePointer, lists: Int) {
        let first = line(of: node)
        var rest = Inlines(node).lines[...]
        let owner = cmark_node_parent(node)
        if let owner, cmark_node_previous(node) == nil,
            isTask(owner) || cmark_node_get_type(owner) == CMARK_NODE_ITEM
        {
            // A line in bold at the edge, under a list, is a title whose author left out the blank line.
            let edge = Int(cmark_node_get_start_column(owner))
            let end = rest.indices.dropFirst().first { index in
                rest[index].boldText != nil && lines.indentation(of: first + index, in: bytes) < edge
            }
            let own = rest[..<(end ?? rest.endIndex)]
            rest = rest[(end ?? rest.endIndex)...]
            var text = trimmed(own.map(\.text).joined(separator: " "))
            var box: Outline.Node.Box?
            if isTask(owner) {
                box = cmark_gfm_extensions_get_tasklist_item_checked(owner) ? .ticked : .open
            } else if let found = boxInQuote(text, line: first) {
                box = found
                text = trimmed(String(text.dropFirst(4)))
            }
            nodes.append(.init(kind: .item, depth: depth + lists - 1, text: text, box: box, line: first))
        } else if lists > 0 {
            // What an item goes on to say.
            return
        }
        for index in rest.indices { statement(rest[index], line: first + index) }
    }

    /// The library sees no boxes within quotes, which GitHub shows.
    private func boxInQuote(_ text: String, line: Int) -> Outline.Node.Box? {
        let box: Outline.Node.Box? =
            text.hasPrefix("[ ] ") ? .open : ["[x] ", "[X] "].contains(text.prefix(4)) ? .ticked : nil
        guard box != nil, let open = bytes[lines[line]].firstIndex(of: UInt8(ascii: "[")) else { return nil }
        let isFirst = bytes[lines[line].lowerBound..<open].allSatisfy { byte in
            " \t>-*+.)0123456789".utf8.contains(byte)
        }
        return isFirst ? box : nil
    }

    /// A line of a paragraph: a label, a field, or nothing of a roadmap's.
    private mutating func statement(_ text: Inlines.Line, line: Int) {
        if let bold = text.boldText {
            let name = trimmed(bold.hasSuffix(":") ? String(bold.dropLast()) : bold)
            let value = trimmed(text.afterBold.hasPrefix(":") ? String(text.afterBold.dropFirst()) : text.afterBold)
            if !value.isEmpty {
                nodes.append(.init(kind: .field, depth: depth, text: name, value: value, line: line))
            } else if !name.isEmpty {
                isBelowLabel = false
                nodes.append(.init(kind: .label, depth: depth, text: name, line: line))
                isBelowLabel = true
            }
            return
        }
        let parts = text.text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].split(separator: " ").count <= 4, parts[1].hasPrefix(" ") else { return }
        nodes.append(
            .init(
                kind: .field, depth: depth, text: trimmed(String(parts[0])), value: trimmed(String(parts[1])),
                line: line))
    }
}

/// The text of a block, line by line as it stands in the file.
private struct Inlines {
    struct Line {
        var text = ""
        /// What stands in bold at its beginning; nil where it does not begin so.
        var boldText: String?
        var afterBold = ""
    }

    var lines = [Line()]

    init(_ block: OpaquePointer) {
        let iterator = cmark_iter_new(block)
        defer { cmark_iter_free(iterator) }
        var bold = 0
        while case let event = cmark_iter_next(iterator), event != CMARK_EVENT_DONE {
            guard let node = cmark_iter_get_node(iterator) else { continue }
            switch cmark_node_get_type(node) {
            case CMARK_NODE_STRONG:
                if event == CMARK_EVENT_ENTER {
                    bold += 1
                    if trimmed(lines[lines.count - 1].text).isEmpty { lines[lines.count - 1].boldText = "" }
                } else {
                    bold -= 1
                }
            case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: lines.append(Line())
            case CMARK_NODE_TEXT, CMARK_NODE_CODE:
                let text = cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
                let last = lines.count - 1
                lines[last].text += text
                guard lines[last].boldText != nil else { break }
                if bold > 0, lines[last].afterBold.isEmpty {
                    lines[last].boldText? += text
                } else {
                    lines[last].afterBold += text
                }
            default: break
            }
        }
    }
}

func trimmed(_ text: String) -> String {
    // Most texts have nothing to take away, and of those whose ends are plain that is seen at once.
    if let first = text.utf8.first, let last = text.utf8.last, (0x21...0x7E).contains(first),
        (0x21...0x7E).contains(last)
    {
        return text
    }
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
        let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
}
