import CLibgit2
import Glibc
import RhythmCore

/// The library's state for the whole process.
enum LibGit2 {
    /// Called before anything else, as often as one likes.
    static func start() { _ = started }

    private static let started: Void = {
        git_libgit2_init()
        // git does not hash what it reads again, and every commit is read once: both would only cost time.
        _ = rhythm_git_enable_strict_hash_verification(0)
        _ = rhythm_git_enable_caching(0)
        // What these change concerns deleting and fetching, which no reader here does.
        let names = ["preciousobjects", "partialclone"].map { (name: String) in strdup(name) }
        var extensions: [UnsafePointer<CChar>?] = names.map { UnsafePointer($0) }
        _ = rhythm_git_set_extensions(&extensions, extensions.count)
        names.forEach { free($0) }
    }()
}

/// An open repository, closed when it goes out of scope.
struct LibGit2Repository: ~Copyable {
    let pointer: OpaquePointer

    /// - Parameter path: a git dir; nothing above it is searched.
    init(gitDir path: String) throws(GitError) {
        LibGit2.start()
        var opened: OpaquePointer?
        let result = git_repository_open_ext(&opened, path, GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue, nil)
        guard result == 0, let opened else { throw .libgit2(result, path) }
        pointer = opened
    }

    deinit { git_repository_free(pointer) }

    var isBare: Bool { git_repository_is_bare(pointer) == 1 }

    var workDir: String? {
        guard let path = git_repository_workdir(pointer) else { return nil }
        let text = String(cString: path)
        return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    /// The object that a revision names; nil when it names none.
    func blob(_ revision: String) -> [UInt8]? {
        var object: OpaquePointer?
        guard git_revparse_single(&object, pointer, revision) == 0 else { return nil }
        defer { git_object_free(object) }
        guard git_object_type(object) == GIT_OBJECT_BLOB, let content = git_blob_rawcontent(object) else { return nil }
        return Array(UnsafeRawBufferPointer(start: content, count: Int(git_blob_rawsize(object))))
    }
}

/// The object database of an open repository.
struct ObjectDatabase: ~Copyable {
    private let pointer: OpaquePointer

    init(_ repository: borrowing LibGit2Repository) throws(GitError) {
        var opened: OpaquePointer?
        let result = git_repository_odb(&opened, repository.pointer)
        guard result == 0, let opened else { throw .libgit2(result, "object database") }
        pointer = opened
    }

    deinit { git_odb_free(pointer) }

    func read(_ key: Key) throws(GitError) -> RawObject {
        var id = key.oid
        var object: OpaquePointer?
        let result = git_odb_read(&object, pointer, &id)
        guard result == 0, let object else { throw .libgit2(result, "object \(key.objectID)") }
        return RawObject(pointer: object)
    }

    /// - Returns: nil for an object that is not there. The empty tree always is, stored or not, as in git.
    func readIfThere(_ key: Key) throws(GitError) -> [UInt8]? {
        var id = key.oid
        var object: OpaquePointer?
        let result = git_odb_read(&object, pointer, &id)
        if result == GIT_ENOTFOUND.rawValue { return key == Self.emptyTree ? [] : nil }
        guard result == 0, let object else { throw .libgit2(result, "object \(key.objectID)") }
        return try RawObject(pointer: object).withBytes { bytes throws(GitError) in Array(bytes) }
    }

    private static let emptyTree = ObjectID(hex: "4b825dc642cb6eb9a060e54bf8d69288fbee4904").flatMap(Key.init)

    func type(_ key: Key) throws(GitError) -> git_object_t {
        var id = key.oid
        var length = 0
        var type = GIT_OBJECT_INVALID
        let result = git_odb_read_header(&length, &type, pointer, &id)
        guard result == 0 else { throw .libgit2(result, "object \(key.objectID)") }
        return type
    }

    func holds(_ key: Key) -> Bool {
        var id = key.oid
        return git_odb_exists(pointer, &id) == 1
    }
}

/// An object's content, released when it goes out of scope.
struct RawObject: ~Copyable {
    fileprivate let pointer: OpaquePointer

    deinit { git_odb_object_free(pointer) }

    var type: git_object_t { git_odb_object_type(pointer) }

    /// The bytes are gone with the object, so they are lent and not given.
    @inline(__always)
    borrowing func withBytes<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        let data = git_odb_object_data(pointer)?.assumingMemoryBound(to: UInt8.self)
        return try body(UnsafeBufferPointer(start: data, count: git_odb_object_size(pointer)))
    }

    /// The object as a commit.
    @inline(__always)
    borrowing func withCommit<Result>(
        _ key: Key, _ body: (RawCommit, UnsafeBufferPointer<UInt8>) throws(GitError) -> Result
    ) throws(GitError) -> Result {
        try withBytes { bytes throws(GitError) in
            guard type == GIT_OBJECT_COMMIT, let raw = RawCommit(bytes, digits: 40) else {
                throw GitError(.corrupt, "\(key.objectID) is a bogus commit")
            }
            return try body(raw, bytes)
        }
    }
}

extension Key {
    var oid: git_oid {
        var id = git_oid()
        withUnsafeMutableBytes(of: &id) {
            $0.storeBytes(of: a, as: UInt64.self)
            $0.storeBytes(of: b, toByteOffset: 8, as: UInt64.self)
            $0.storeBytes(of: c, toByteOffset: 16, as: UInt32.self)
        }
        return id
    }

    init(_ id: git_oid) {
        self = withUnsafeBytes(of: id) { Key($0.baseAddress!) }
    }
}
