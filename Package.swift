// swift-tools-version: 6.2
import PackageDescription

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "rhythm",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
        .systemLibrary(name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(
            name: "CCmarkGFM", pkgConfig: "libcmark-gfm",
            providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
        .target(name: "CLinux"),

        // Values and pure functions. Every other module may import it; it imports none.
        .target(name: "RhythmCore"),
        .target(name: "RhythmJournal", dependencies: ["CYAML", "RhythmCore"]),
        .target(name: "RhythmRoadmap", dependencies: ["CCmarkGFM", "RhythmCore"]),
        .target(name: "RhythmGit", dependencies: ["CLibgit2", "CDeflate", "RhythmCore", "RhythmJournal"]),
        .target(name: "RhythmFacts", dependencies: ["RhythmCore"]),
        .target(
            name: "RhythmStore",
            dependencies: [
                "RhythmCore", "RhythmFacts", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        .target(
            name: "RhythmAPI", dependencies: ["RhythmCore"],
            resources: [.embedInCode("dev.rhythm.Rhythm.varlink"), .embedInCode("org.varlink.service.varlink")]),
        .target(name: "RhythmReport", dependencies: ["RhythmCore", "RhythmAPI"]),
        .target(
            name: "RhythmDaemon",
            dependencies: nio + [
                "CLinux", "RhythmCore", "RhythmFacts", "RhythmStore", "RhythmAPI", "RhythmReport", "TOMLKit", logging,
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        .executableTarget(name: "rhythmd", dependencies: ["RhythmDaemon", argumentParser]),
        .executableTarget(
            name: "rhythm-scan",
            dependencies: ["CLinux", "RhythmCore", "RhythmGit", "RhythmFacts", "RhythmRoadmap", argumentParser]),
        .executableTarget(
            name: "rhythmctl",
            dependencies: ["RhythmCore", "RhythmAPI", "RhythmReport", "RhythmRoadmap", argumentParser]),
        // No part of the product: what `scripts/bench` counts the instructions of.
        .executableTarget(
            name: "rhythm-bench",
            dependencies: ["RhythmCore", "RhythmGit", "RhythmAPI", "RhythmReport", "RhythmRoadmap", argumentParser]),

        .target(name: "RhythmTestSupport", dependencies: ["RhythmCore"]),
        .testTarget(name: "RhythmArchitectureTests"),
        .testTarget(name: "RhythmCoreTests", dependencies: ["RhythmCore", "RhythmTestSupport"]),
        .testTarget(name: "RhythmFactsTests", dependencies: ["RhythmCore", "RhythmFacts", "RhythmTestSupport"]),
        .testTarget(name: "RhythmJournalTests", dependencies: ["RhythmCore", "RhythmJournal"]),
        .testTarget(
            name: "RhythmRoadmapTests", dependencies: ["RhythmCore", "RhythmRoadmap", "RhythmTestSupport"]),
        .testTarget(
            name: "RhythmGitTests",
            dependencies: ["RhythmCore", "RhythmFacts", "RhythmGit", "RhythmTestSupport", "rhythm-scan"]),
        .testTarget(
            name: "RhythmReportTests",
            dependencies: ["RhythmReport", "RhythmAPI", "RhythmCore", "RhythmTestSupport"]),
        .testTarget(
            name: "RhythmStoreTests",
            dependencies: [
                "RhythmStore", "RhythmCore", "RhythmFacts", "RhythmTestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        .testTarget(
            name: "RhythmDaemonTests",
            dependencies: nio + [
                "RhythmDaemon", "RhythmStore", "RhythmCore", "RhythmAPI", "RhythmTestSupport", logging, "rhythmd",
                "rhythm-scan", "rhythmctl", .product(name: "GRDB", package: "GRDB.swift"),
            ], exclude: ["alert-year.txt", "moved-clock.c", "user-manager.sh"]),
        .testTarget(name: "RhythmVarlinkTests", dependencies: nio + ["RhythmAPI", "RhythmDaemon", logging]),
    ],
    swiftLanguageModes: [.v6]
)

// One set of rules for all: existentials are spelt `any`, an import is private to its file unless it says
// otherwise, and a member is seen only through an import of the module that declares it.
for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
