import RhythmCore
import Testing

@Suite struct RedactionTests {
    @Test(arguments: [
        (
            "fatal: unable to access 'https://me:s3cret@example.org/x/': no",
            "fatal: unable to access 'https://…@example.org/x/': no"
        ),
        ("https://token@example.org and ssh://a:b@c/d", "https://…@example.org and ssh://…@c/d"),
        ("https://me:p@ss#w'ord@example.org/x@y", "https://…@example.org/x@y"),
        ("see https://example.org/a@b, or mail me@example.org", "see https://example.org/a@b, or mail me@example.org"),
        ("://", "://"), ("", ""),
    ])
    func passwordsInAddressesAreLeftOut(_ text: String, _ expected: String) {
        #expect(withoutPasswords(text) == expected)
    }
}
