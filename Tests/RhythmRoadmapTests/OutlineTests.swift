import RhythmCore
import RhythmRoadmap
import Testing

@Suite struct OutlineTests {
    @Test func titlesWithoutBlankLinesStandApart() throws {
        let outline = try Outline(
            markdown: Array("# Plan\r\n**Tools:**\r\n- [x] uv\r\n- [ ] Docker\r\n**Math:**\r\n- [ ] Algebra\r\n".utf8))
        #expect(
            outline.nodes == [
                .init(kind: .heading, depth: 0, text: "Plan", line: 1),
                .init(kind: .label, depth: 1, text: "Tools", line: 2),
                .init(kind: .item, depth: 2, text: "uv", box: .ticked, line: 3),
                .init(kind: .item, depth: 2, text: "Docker", box: .open, line: 4),
                .init(kind: .label, depth: 1, text: "Math", line: 5),
                .init(kind: .item, depth: 2, text: "Algebra", box: .open, line: 6),
            ])
    }
}
