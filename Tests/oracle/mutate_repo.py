#!/usr/bin/env python3
"""Applies random operations to repositories that random_repo.py made: mutate_repo.py SEED DIR... [--ops N]

For "incremental equals fresh": scan, mutate, scan again, compare with a scan from nothing. Prints a manifest like
random_repo.py's (new clones and submodules included, and the new `now`). A repository without `rhythm.random` in its config is left alone
(--force), since operations rewrite and delete history.
"""

import argparse
import json
import os
import sys

from repo_ops import EARLIEST, LATEST, World


def open_world(seed, paths, force=False, odd=True, replace=False):
    paths = [os.path.realpath(path) for path in paths]
    world = World(seed, os.path.dirname(paths[0]), EARLIEST, odd, replace)
    world.salt = f"m{seed}"
    for path in paths:
        if not force and world.run(path, "config", "--get", world.MARK, check=False) != "true":
            raise SystemExit(f"{path} was not made by random_repo.py; --force to rewrite its history all the same")
        bare = world.run(path, "rev-parse", "--is-bare-repository") == "true"
        common = os.path.join(path, world.run(path, "rev-parse", "--git-common-dir"))
        kind = "bare" if bare else "submodule" if "/modules/" in common else "shallow" if os.path.exists(os.path.join(common, "shallow")) else "work"
        world.repos.append({"path": path, "kind": kind})
        # the clock goes on from the latest committer date
        for line in world.lines(path, "log", "--branches", "--remotes", "--tags", "--format=%ct"):
            if line.isdigit() and world.clock < int(line) <= LATEST:
                world.clock = int(line)
        # salt as files and refs of an earlier run with the same seed may exist
        while any(world.salt + "-" in ref for ref in world.refs(path)):
            world.salt += "x"
    return world


def mutate(seed, paths, ops=10, force=False, odd=True, replace=False):
    world = open_world(seed, paths, force, odd, replace)
    for _ in range(ops):
        world.step()
    return world.manifest(seed)


def main():
    parser = argparse.ArgumentParser(description="random operations on existing repositories")
    parser.add_argument("seed", type=int)
    parser.add_argument("directories", nargs="+")
    parser.add_argument("--ops", type=int, default=10)
    parser.add_argument("--no-odd", action="store_true")
    parser.add_argument("--replace", action="store_true")
    parser.add_argument("--force", action="store_true")
    args = parser.parse_args()
    json.dump(mutate(args.seed, args.directories, args.ops, args.force, not args.no_odd, args.replace), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
