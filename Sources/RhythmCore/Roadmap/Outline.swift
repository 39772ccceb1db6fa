/// A Markdown text as far as a roadmap goes by it: its titles, its list items, and its lines of a name and a value.
package struct Outline: Hashable, Sendable {
    package struct Node: Hashable, Sendable {
        package enum Kind: String, Sendable, CaseIterable {
            case heading
            /// A line of bold text alone, such as `**Math:**`, which people write where a heading would be too loud.
            case label
            case item
            /// `**Phase:** Phase 0`: the text is the name, without its colon.
            case field
        }

        package enum Box: String, Sendable {
            case open, ticked
        }

        package var kind: Kind
        /// It is below the nearest node before it that has a lesser one; 0 at the top.
        package var depth: Int
        /// Without markup, on one line.
        package var text: String
        /// A field's.
        package var value: String
        /// Of an item that is a task.
        package var box: Box?
        /// In the file, from 1.
        package var line: Int

        package init(kind: Kind, depth: Int, text: String, value: String = "", box: Box? = nil, line: Int) {
            self.kind = kind
            self.depth = depth
            self.text = text
            self.value = value
            self.box = box
            self.line = line
        }

        package var isTitle: Bool { kind == .heading || kind == .label }
    }

    /// In the order of the file.
    package var nodes: [Node]

    package init(_ nodes: [Node] = []) {
        self.nodes = nodes
    }
}
