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

    func readCommit(_ key: Key) throws(GitError) -> RawObject {
        let object = try read(key)
        guard object.type == GIT_OBJECT_COMMIT else { throw GitError(.corrupt, "\(key.objectID) is not a commit") }
        return object
    }

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

    /// Valid as long as the object is.
    var bytes: UnsafeBufferPointer<UInt8> {
        let data = git_odb_object_data(pointer)?.assumingMemoryBound(to: UInt8.self)
        return UnsafeBufferPointer(start: data, count: git_odb_object_size(pointer))
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
